"""A pydantic error → one problem in three sentences, at its place, without any value of the file."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from clinft.errors import Problem
from clinft.spec.examples import example_of, is_of_policy, is_shown
from clinft.spec.scalars import Sentences
from clinft.spec.yaml import Document, Loc

Model = TypeVar("Model", bound=BaseModel)

REAL_DATA: Sentences = (
    "`data.source` must be synthetic; clinft accepts no other data.",
    "Records of patients are declined, de-identified ones too: an audit can miss an identifier, "
    "and training would spread it.",
    "Write `source: synthetic`; clinft generates the records. To bring synthetic data of your own, "
    "use `origin: frozen` and `clinft freeze`.",
)

# What people try to write into a spec although only policy may name it.
POLICY_KEYS = frozenset(
    {
        *("api_key", "apikey", "credentials", "password", "secret", "token"),
        *("base_url", "endpoint", "host", "uri", "url", "webhook"),
        *("command", "env", "environment", "script"),
    }
)
DATA_KEYS = frozenset(
    {"bucket", "csv", "database", "dataset", "file", "files", "folder", "path", "query", "table"}
)

SLUG_WORDS = "lower-case letters, digits and hyphens only, e.g. icd10-chapter"
PATTERN_WORDS = {
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": SLUG_WORDS,
    r"^[^\r\n]*\S[^\r\n]*$": "one line of text",
    r"\S": "text that is not blank",
    r"^\S(.*\S)?$": "one line of text without spaces around it",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": 'a day in quotes as year-month-day, e.g. "2027-01-31"',
    r"^[0-9a-f]{64}$": "a sha256, 64 characters 0-9 and a-f, as the comment of the pull request shows it",
    r"^[0-9a-f]{16}$": "a finding's id, 16 characters 0-9 and a-f, as the pull request's comment shows it",
    r"^[0-9a-f]{40}$": "a commit of 40 characters, 0-9 and a-f, as the model's page shows it",
}
# Ids that a service gave and people copy.
COPIED = {
    r"^[CGD][A-Z0-9]{7,20}$": "the channel's id from the end of its details in Slack, e.g. C0123456789",
    r"^[A-Za-z0-9_-]{10,120}$": "the id within the address that a browser shows, not the whole address",
}
PATTERN_WORDS |= COPIED
FORM = "Usually it is written in another form, or a character is missing."
FORMS = frozenset(pattern for pattern in PATTERN_WORDS if pattern.startswith(("^[0-9]{4}", "^[0-9a-f]")))
FORMS |= COPIED.keys()
PATTERN_WORDS_BY_KEY = {
    "owners": 'a GitHub user or team with @ in quotes, e.g. "@octo-org/ml"',
    "url": "https:// with one host and a path; no user, query or fragment",
    "people": "a GitHub login without @ (no team: clinft cannot read who is in it)",
    "base_model": "builtin:NAME, a folder of the repository, a hub id ORG/MODEL, or a provider's model",
    "target_modules": "the name of a layer, e.g. q_proj",
    "baseline": "deployment, recorded, or a run id like 0123456789ab-a1",
}
# What must stand there, and the usual cause, by pydantic's error type.
TEXT = ("text", "Usually it is missing, or it is a number or a word like true that needs quotes.")
WHOLE = ("a whole number", "Usually it has a point, or quotes, letters or underscores make it text.")
NUMBER = ("a number", "Usually quotes or letters make it text, or it is true, false or missing.")
AMOUNT = ("an amount such as 25 or 12.50", "Usually a currency sign or a comma makes it text.")
LIST = ("a list, [a, b] or one `- item` per line", "Usually the dashes or brackets are missing.")
SECTION = ("a section of `key: value` lines", "Usually its lines are not indented, or a list stands there.")
WRONG_TYPE = {
    "string_type": TEXT,
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "decimal_type": AMOUNT,
    "decimal_parsing": AMOUNT,
    "bool_type": ("true or false", "Usually quotes make it text."),
    "tuple_type": LIST,
    "dict_type": SECTION,
    "model_type": SECTION,
}
RANGES = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
SIZES = {
    "string_too_short": ("min_length", "at least", "characters"),
    "string_too_long": ("max_length", "at most", "characters"),
    "too_short": ("min_length", "at least", "entries"),
    "too_long": ("max_length", "at most", "entries"),
    "decimal_max_digits": ("max_digits", "at most", "digits"),
    "decimal_whole_digits": ("whole_digits", "at most", "digits before the point"),
    "decimal_max_places": ("decimal_places", "at most", "decimal places"),
}


def validated(model: type[Model], value: object) -> tuple[Model | None, list[ErrorDetails]]:
    """`value` by JSON's rules (a list is a tuple, text is never a number), or what is wrong with it."""
    try:
        return model.model_validate_json(json.dumps(value), strict=True), []
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
    # A list whose only item is refused counts as too short as well; the item is the mistake.
    inner = {detail["loc"][:depth] for detail in found for depth in range(len(detail["loc"]))}
    return None, [detail for detail in found if detail["type"] != "too_short" or detail["loc"] not in inner]


def problem(document: Document, model: type[BaseModel], error: ErrorDetails) -> Problem:
    """The error of a document that was validated as `model`, at its place."""
    loc: Loc = error["loc"]
    context = error.get("ctx", {})
    kind = error["type"]
    example = example_of(model, loc, document.value)
    if kind == "extra_forbidden":
        place, sentences = document.where_key(loc), _unknown_key(model, loc)
    elif kind == "missing":
        place, sentences = document.where(loc[:-1]), _missing(model, loc, example)
    elif kind == "conflict":
        loc = (*loc, *context["at"])
        place, sentences = document.where(loc), _conflict(dotted(model, loc), context)
    elif loc and loc[-1] == "[key]":
        place, sentences = document.where_key(loc[:-1]), _bad_key(dotted(model, loc[:-2]))
    else:
        place, sentences = document.where(loc), _bad_value(model, loc, kind, context, example)
    return Problem(document.path, *place, *sentences)


def dotted(model: type[BaseModel], loc: Loc) -> str:
    """`training.lora.r`. Names of fields and places are shown; any other key may hold anything: `#`."""
    return ".".join(
        part if part in fields_at(model, loc[:depth]) or is_shown(model, loc, depth) else "#"
        for depth, part in enumerate(loc)
        if isinstance(part, str)
    )


def _unknown_key(model: type[BaseModel], loc: Loc) -> Sentences:
    allowed = fields_at(model, loc[:-1])
    section = dotted(model, loc[:-1])
    what = f"clinft does not know this key in `{section}`." if section else "clinft does not know this key."
    # The key itself is never shown, but it may be matched: `learningRate` is `learning_rate`.
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(loc[-1])[:60])
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower())
    close = difflib.get_close_matches(plain, allowed, n=1, cutoff=0.7)
    if close:
        return what, "Usually it is mistyped.", f"Did you mean `{close[0]}`?"
    if plain in POLICY_KEYS and is_of_policy(model):
        return (
            what,
            "The policy holds no secret and no command: keys are in secrets of environments, bound to hosts.",
            f"Remove it. Allowed here: {', '.join(allowed)}.",
        )
    if plain in POLICY_KEYS:
        return (
            what,
            "A spec names entries of .github/clinft.yml and never gives a command, URL, host or secret.",
            "Remove it, and name an entry of policy, such as a runner.",
        )
    if plain in DATA_KEYS and section == "data":
        return what, REAL_DATA[1], REAL_DATA[2]
    return what, "Usually it is indented too far or too little.", f"Allowed here: {', '.join(allowed)}."


def _missing(model: type[BaseModel], loc: Loc, example: str) -> Sentences:
    complete = (
        f"compare with {example}" if is_of_policy(model) else "`clinft new NAME` writes a complete example"
    )
    return (
        f"`{dotted(model, loc)}` is missing.",
        "It has no default, because somebody must decide it.",
        f"Add it in this section; {complete}.",
    )


def _conflict(name: str, context: Mapping[str, Any]) -> Sentences:
    return (
        f"`{name}`: {context['message']}.",
        "Usually two keys were changed apart from each other.",
        context["next_step"],
    )


def _bad_key(name: str) -> Sentences:
    if name.endswith(".documents"):
        return (
            f"This name in `{name}` is not allowed.",
            "It says which document of which project is meant.",
            "Write project/document, e.g. icd10-chapter/model_card.",
        )
    return (
        f"This name in `{name}` is not allowed.",
        "Names become labels and paths.",
        f"Use {SLUG_WORDS}.",
    )


def _bad_value(
    model: type[BaseModel], loc: Loc, kind: str, context: Mapping[str, Any], example: str
) -> Sentences:
    name = dotted(model, loc)
    if name == "data.source":
        return REAL_DATA
    shown = f"`{name}`" if name else "The file"
    if loc and isinstance(loc[-1], int):
        shown = f"An entry of {shown}"
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "")
        return f"{shown} is not one of its values.", "Usually it is mistyped.", f"Allowed: {allowed}."
    if kind == "string_pattern_mismatch":
        return f"{shown} is not written as it must be.", *_pattern(name, context["pattern"], example)
    if kind in WRONG_TYPE:
        words, cause = WRONG_TYPE[kind]
        return f"{shown} must be {words}.", cause, "Write the value in that form."
    if kind in RANGES or kind in SIZES:
        return (
            f"{shown} must {_bound(kind, context)}.",
            "The value is out of bounds.",
            "Choose another value.",
        )
    return (
        f"{shown} is not valid.",
        "Its form is not the expected one.",
        f"Compare with {example}.",
    )


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    if kind in RANGES:
        key, words = RANGES[kind]
        return f"be {words} {context[key]}"
    key, words, unit = SIZES[kind]
    return f"have {words} {context[key]} {unit}"


def _pattern(name: str, pattern: str, example: str) -> tuple[str, str]:
    words = PATTERN_WORDS_BY_KEY.get(name.rpartition(".")[2]) or PATTERN_WORDS.get(pattern)
    cause = (
        FORM
        if pattern in FORMS
        else "Such values become paths, labels and links, so their characters are limited."
    )
    return cause, f"Use {words}." if words else f"Compare with {example}."


def fields_at(model: type[BaseModel], loc: Loc) -> Mapping[str, object]:
    """The fields of the model that sits at `loc` below `model`; none where no model is found."""
    annotation: object = model
    for part in loc:
        found = [inner for inner in _alternatives(annotation) if _fits(inner, part)]
        if not found:
            return {}
        annotation = _step(found[0], part)
    for inner in _alternatives(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner.model_fields
    return {}


def _alternatives(annotation: object) -> Iterator[object]:
    if get_origin(annotation) is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for argument in get_args(annotation):
            yield from _alternatives(argument)
    else:
        yield annotation


def _fits(annotation: object, part: str | int) -> bool:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        return part in annotation.model_fields
    return get_origin(annotation) is (tuple if isinstance(part, int) else dict)


def _step(annotation: object, part: str | int) -> object:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        return annotation.model_fields[str(part)].annotation
    arguments = get_args(annotation)
    return arguments[0] if isinstance(part, int) else arguments[1]
