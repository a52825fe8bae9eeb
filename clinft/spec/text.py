"""Reading what people wrote: size, encoding and characters, before any parser sees it."""

import re
from pathlib import Path

from clinft.errors import Problem, SpecError

Position = tuple[int, int]

# Shown in order: a file with thousands of mistakes has one cause.
MAX_PROBLEMS = 100

# Characters that a reviewer cannot see, that reorder what he sees, or that end a line in one
# program and not in another (U+0085, U+2028, U+2029). ZWNJ and ZWJ stay: Persian and Hindi need them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_text(path: Path, max_bytes: int) -> str:
    """The file's text with newlines as \\n; SpecError with every problem of its characters."""
    shown = shown_path(path)
    try:
        link = path.is_symlink() or path.parent.is_symlink()
        if link or not path.is_file():
            raise refused([_unreadable(shown, link=link, exists=path.exists())])
        with path.open("rb") as file:
            return decode(file.read(max_bytes + 1), shown, max_bytes)
    except (OSError, ValueError):
        problem = Problem(
            shown, 0, 0, "This file cannot be read.",
            "Usually it is missing, or its permissions keep this user out.",
            "Check the path and the permissions.",
        )  # fmt: skip
        raise refused([problem]) from None


def is_folder(path: Path) -> bool:
    """Whether the path is a folder; a path that the system refuses is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def decode(data: bytes | str, path: str, max_bytes: int) -> str:
    """UTF-8 to text, byte-order mark dropped, newlines as \\n; SpecError for anything else."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > max_bytes:
        raise refused([_too_large(path, max_bytes)])
    try:
        decoded = data if isinstance(data, str) else data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = position(raw[: error.start].decode("utf-8-sig", "replace"), None)
        raise refused([_not_utf8(path, line, column)]) from None
    text = decoded.removeprefix("\ufeff").replace("\r\n", "\n")
    problems = [
        _hidden(path, *position(text, match.start()), match.group()) for match in HIDDEN.finditer(text)
    ]
    if problems:
        raise refused(problems)
    return text


def position(text: str, offset: int | None) -> Position:
    """Line and column, from 1, of the character at `offset`; None: of the end."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def refused(problems: list[Problem]) -> SpecError:
    """The problems, in order of place, each once, as one error."""
    ordered = tuple(sorted(set(problems)))
    count = f"{len(ordered)} problem" + ("s" if len(ordered) != 1 else "")
    shown, more = ordered[:MAX_PROBLEMS], ""
    if len(ordered) > MAX_PROBLEMS:
        more = f"The first {MAX_PROBLEMS} are listed."
    return SpecError(f"{count} in what was written.", more, "Correct each line named.", shown)


def shown_path(path: Path) -> str:
    """The path without characters that would start a new line or a colour in a terminal or a log."""
    return "".join(c if c.isprintable() else "?" for c in str(path))


def hidden_character(text: str) -> str | None:
    """What kind of invisible character `text` holds, for text that an escape sequence produced."""
    found = HIDDEN.search(text)
    return _kind(found.group()) if found else None


def _kind(character: str) -> str:
    if character in BIDI:
        return "a character that changes the direction of text"
    if character == "\r":
        return "a carriage return without a line feed"
    if character < " ":
        return "a control character"
    return "an invisible character"


def _hidden(path: str, line: int, column: int, character: str) -> Problem:
    return Problem(
        path, line, column, f"Here is {_kind(character)} (U+{ord(character):04X}).",
        "Usually it came with copied text; it can hide from reviewers what a file says.",
        "Delete it and type the text again.",
    )  # fmt: skip


def _unreadable(path: str, link: bool, exists: bool) -> Problem:
    if link:
        return Problem(
            path, 0, 0, "This file or its folder is a symbolic link.",
            "A link can point outside the repository, so none is followed.",
            "Replace the link by what it points to.",
        )  # fmt: skip
    if exists:
        return Problem(
            path, 0, 0, "This is not a file.", "Usually a folder was named.", "Name a file inside it."
        )
    return Problem(
        path, 0, 0, "This file does not exist.",
        "Usually the path is mistyped, or the file was not committed.",
        "Create it, or run `clinft new NAME` for a project that has every file.",
    )  # fmt: skip


def _too_large(path: str, max_bytes: int) -> Problem:
    return Problem(
        path, 0, 0, f"The file is larger than {max_bytes // 1024} KiB.",
        "Usually data was pasted into it.",
        "Keep only settings and text that a person reviews; records are generated.",
    )  # fmt: skip


def _not_utf8(path: str, line: int, column: int) -> Problem:
    return Problem(
        path, line, column, "From here on the file is not UTF-8 text.",
        "Usually an editor saved it as Latin-1 or UTF-16, or it is not a text file.",
        "Save it as UTF-8.",
    )  # fmt: skip
