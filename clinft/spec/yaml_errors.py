"""What each refusal of the YAML loader says. PyYAML's own texts quote the file, so none is shown."""

import yaml

from clinft.spec.scalars import Sentences
from clinft.spec.text import Position

TAGGED: Sentences = (
    "YAML tags (`!`) are not read.",
    "A tag can ask a program to build objects or to read a value as another type.",
    "Remove the tag; put the value in quotes if it is text that starts with `!`.",
)
MERGE_KEY: Sentences = (
    "The merge key `<<` is not read.",
    "It is no part of YAML 1.2, and it hides what a section contains.",
    "Write the keys out.",
)
KEY_NOT_TEXT: Sentences = (
    "This key is not text.",
    "Usually it is a number, a missing name or a list where a name belongs.",
    "Write a name, in quotes if it looks like a number, true, false or null.",
)
ALIASES: Sentences = (
    "There are too many aliases (`*name`) in this file.",
    "Aliases of aliases grow without bound.",
    "Write the values out.",
)
NESTED_ALIAS: Sentences = (
    "This alias names a value that itself contains an alias.",
    "Such chains grow without bound or never end.",
    "Write the value out.",
)
UNKNOWN_ALIAS: Sentences = (
    "This alias (`*`) names nothing above it.",
    "Usually the text was meant to start with `*`.",
    "Put the text in quotes.",
)
TOO_DEEP: Sentences = (
    "Values are nested too deeply here.",
    "Usually brackets or dashes were repeated by accident.",
    "Remove the extra levels.",
)
TOO_MANY: Sentences = (
    "The file holds too many entries.",
    "Usually data was pasted into it.",
    "Keep only settings; records are generated.",
)
SECOND_DOCUMENT: Sentences = (
    "A second YAML document starts here.",
    "Usually a line `---` was pasted along with other text.",
    "Keep one document in each file.",
)
EMPTY: Sentences = (
    "The file is empty.",
    "Nothing but blank lines and comments was found.",
    "Run `clinft new NAME` for a complete example.",
)
# Completed by a first sentence at the place of use.
DUPLICATE = (
    "Usually a section was pasted twice; YAML readers silently keep one of the two.",
    "Keep one.",
)
HIDDEN_ESCAPE = (
    "It can hide from reviewers what a file says.",
    "Remove the escape sequence.",
)
GENERIC: Sentences = (
    "This is not valid YAML.",
    "Usually a bracket, a quote or the indentation just before it is wrong.",
    "Compare with an example in projects/, and quote text that contains punctuation.",
)

TAB: Sentences = (
    "A tab is used for indentation.",
    "YAML allows only spaces there.",
    "Replace each tab by two spaces.",
)
RESERVED: Sentences = (
    "Text must not start with this character without quotes.",
    "YAML reserves @, `, %, * and & at the start of a value.",
    "Put the text in quotes.",
)
COLON_INSIDE: Sentences = (
    "There is a second colon in this line, or the line is indented too far.",
    "YAML reads every colon followed by a space as the end of a key.",
    "Put text that contains a colon in quotes.",
)
NO_COLON: Sentences = (
    "This line is neither `key: value` nor `- item`.",
    "Usually the colon, or the space after it, is missing.",
    "Write `key: value`, and put text in quotes.",
)
OPEN_QUOTE: Sentences = (
    "This quote is never closed.",
    "Usually the closing quote is missing, or the text itself contains one.",
    "Close it; inside single quotes write '' for one quote.",
)
BAD_ESCAPE: Sentences = (
    "This backslash sequence means nothing in YAML.",
    "Backslashes are special inside double quotes.",
    "Use single quotes, or write \\\\ for one backslash.",
)
INDENTATION: Sentences = (
    "This line does not belong to what is above it.",
    "Usually it is indented too little or too far.",
    "Give it the indentation of its neighbours.",
)
OPEN_BRACKET: Sentences = (
    "A comma or a closing bracket is missing before this place.",
    "Usually a [ or { is never closed, or text with punctuation lacks quotes.",
    "Close the bracket, and put text in quotes.",
)
BLOCK: Sentences = (
    "Only `|` or `>` may stand here; the text begins on the next line.",
    "Usually text that starts with | or > lacks quotes.",
    "Put the text in quotes.",
)

# Beginnings of PyYAML's `problem`, and whether the place is where the context began.
BY_BEGINNING: tuple[tuple[str, Sentences, bool], ...] = (
    ("mapping values are not allowed", COLON_INSIDE, False),
    ("could not find expected ':'", NO_COLON, True),
    ("found character", RESERVED, False),
    ("expected alphabetic or numeric", RESERVED, True),
    ("found unexpected end of stream", OPEN_QUOTE, True),
    ("found unexpected document separator", OPEN_QUOTE, True),
    ("found unknown escape character", BAD_ESCAPE, False),
    ("expected escape sequence", BAD_ESCAPE, False),
    ("expected <block end>", INDENTATION, False),
    ("sequence entries are not allowed", INDENTATION, False),
    ("mapping keys are not allowed", INDENTATION, False),
    ("expected ','", OPEN_BRACKET, False),
    ("expected chomping", BLOCK, True),
    ("expected indentation indicator", BLOCK, True),
    ("expected a comment or a line break", BLOCK, True),
    ("found undefined tag handle", TAGGED, False),
    ("expected '!'", TAGGED, True),
    ("expected ' ', but found", TAGGED, True),
    ("expected URI", TAGGED, True),
)


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[Position, Sentences]:
    """Where and what, for an error of PyYAML's scanner or parser."""
    sentences, mark = GENERIC, error.problem_mark or error.context_mark
    for beginning, candidate, at_context in BY_BEGINNING:
        if (error.problem or "").startswith(beginning):
            sentences = candidate
            mark = (error.context_mark if at_context else None) or mark
            break
    if mark is None:
        return (0, 0), sentences
    if text[mark.index : mark.index + 1] == "\t":
        sentences = TAB
    return (mark.line + 1, mark.column + 1), sentences
