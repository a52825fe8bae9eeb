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
from clinft.spec.scalars import Sentences
from clinft.spec.screening import screen
from clinft.spec.yaml import Document, Loc

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,39}")
Model = TypeVar("Model", bound=BaseModel)

REAL_DATA: Sentences = (
    "`data.source` must be synthetic; clinft accepts no other data.",
    "Records of patients are declined, de-identified ones too: an audit can miss an identifier, "
    "and training would spread it.",
    "Write `source: synthetic`; clinft generates the records. To bring synthetic data of your own, "
    "use `origin: frozen` and `clinft freeze`.",
)

# What people try to name in a spec that only policy may name (docs: a spec is data, never an instruction).
POLICY_KEYS = frozenset(
    "api_key apikey base_url command credentials endpoint env environment host password script secret "
    "token uri url webhook".split()
)
DATA_KEYS = frozenset("bucket csv database dataset file files folder path query table".split())

PATTERN_WORDS = {
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$": "lower-case letters, digits and hyphens only, e.g. icd10-chapter",
    r"^[^\r\n]*\S[^\r\n]*$": "one line of text",
    r"\S": "text that is not blank",
    r"^\S(.*\S)?$": "one line of text without spaces around it",
    r"^[0-9a-f]{40}$": "a commit of 40 characters, 0-9 and a-f, as the model's page shows it",
}
PATTERN_WORDS_BY_KEY = {
    "owners": "a GitHub user or team with @ in quotes, e.g. \"@octo-org/ml\"",
    "people": "a GitHub login without @",
    "base_model": "builtin:NAME, a folder inside the repository, a hub id like ORG/MODEL, or a provider's model",
    "target_modules": "the name of a layer, e.g. q_proj",
    "baseline": "deployment, or a run id like 0123456789ab-a1",
}
WRONG_TYPE = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "decimal_type": "an amount such as 25 or 12.50",
    "decimal_parsing": "an amount such as 25 or 12.50",
    "bool_type": "true or false",
    "tuple_type": "a list, one `- item` per line",
    "list_type": "a list, one `- item` per line",
    "dict_type": "a section of `key: value` lines",
    "model_type": "a section of `key: value` lines",
    "model_attributes_type": "a section of `key: value` lines",
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
        return None, error.errors(include_input=False, include_url=False)


def problem(document: Document, model: type[BaseModel], error: ErrorDetails, start: Loc = ()) -> Problem:
    """`start` leads from the document's root to the section that was validated as `model`."""
    loc: Loc = (*start, *error["loc"])
    context = error.get("ctx", {})
    kind = error["type"]
    if kind == "extra_forbidden":
        place, sentences = document.where_key(loc), _unknown_key(loc, fields_at(model, error["loc"][:-1]))
    elif kind == "missing":
        place, sentences = document.where(loc[:-1]), _missing(loc)
    elif kind == "conflict":
        loc = (*loc, *context["at"])
        place, sentences = document.where(loc), _conflict(loc, context["message"])
    elif loc and loc[-1] == "[key]":
        place, sentences = document.where_key(loc[:-1]), _bad_key(loc[:-2])
    else:
        place, sentences = document.where(loc), _bad_value(loc, kind, context)
    return Problem(document.path, *place, *sentences)


def dotted(loc: Loc) -> str:
    """`training.lora.r`; a key that is no plain identifier, or looks secret, is `#`."""
    keys = [part for part in loc if isinstance(part, str)]
    return ".".join(key if _may_be_shown(key) else "#" for key in keys)


def _may_be_shown(key: str) -> bool:
    return bool(IDENTIFIER.fullmatch(key)) and not screen(key)


def _unknown_key(loc: Loc, allowed: Mapping[str, object]) -> Sentences:
    key = str(loc[-1])
    shown = _may_be_shown(key)
    what = f"`{dotted(loc)}` is not a key that clinft knows." if shown else "clinft does not know this key."
    # `learningRate` and `learning-rate` are shown to nobody, but they may be matched.
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key[:60]).lower())
    close = difflib.get_close_matches(plain, allowed, n=1, cutoff=0.7)
    if close:
        return what, "Usually it is mistyped.", f"Did you mean `{close[0]}`?"
    if plain in POLICY_KEYS:
        return (
            what,
            "A spec names entries of .github/clinft.yml and never gives a command, URL, host or secret.",
            "Remove it, and name an entry of policy, such as a runner.",
        )
    if plain in DATA_KEYS and loc[0] == "data":
        return what, REAL_DATA[1], REAL_DATA[2]
    return what, "Usually it is indented too far or too little.", f"Allowed here: {', '.join(allowed)}."


def _missing(loc: Loc) -> Sentences:
    return (
        f"`{dotted(loc)}` is missing.",
        "It has no default, because somebody must decide it.",
        "Add it in this section; `clinft new NAME` writes a complete example.",
    )


def _conflict(loc: Loc, message: str) -> Sentences:
    return (
        f"`{dotted(loc)}`: {message}." if loc else f"{message[0].upper()}{message[1:]}.",
        "Usually two keys of this section were changed apart from each other.",
        "Correct one of them.",
    )


def _bad_key(loc: Loc) -> Sentences:
    return (
        f"This name in `{dotted(loc)}` is not allowed.",
        "Names become labels and paths.",
        f"Use {next(iter(PATTERN_WORDS.values()))}.",
    )


def _bad_value(loc: Loc, kind: str, context: Mapping[str, Any]) -> Sentences:
    name = f"`{dotted(loc)}`" if loc else "The file"
    if loc[-2:] == ("data", "source"):
        return REAL_DATA
    if kind == "literal_error":
        allowed = context["expected"].replace("'", "")
        return f"{name} is not one of its values.", "Usually it is mistyped.", f"Allowed: {allowed}."
    if kind == "string_pattern_mismatch":
        return f"{name} is not written as it must be.", *_pattern(loc, context["pattern"])
    if kind in WRONG_TYPE:
        return (
            f"{name} must be {WRONG_TYPE[kind]}.",
            "Quotes make text of a number, a missing value is null, and indentation makes sections.",
            "Write the value in that form.",
        )
    if kind in RANGES:
        key, words = RANGES[kind]
        bound = f"{words} {context[key]}"
        return f"{name} must be {bound}.", "The value is out of range.", "Choose another value."
    if kind in SIZES:
        key, words, unit = SIZES[kind]
        bound = f"{words} {context[key]} {unit}"
        return f"{name} must have {bound}.", "It is too short or too long.", "Shorten or complete it."
    return f"{name} is not valid.", "Its form is not the expected one.", "Compare with an example in projects/."


def _pattern(loc: Loc, pattern: str) -> tuple[str, str]:
    keys = [part for part in reversed(loc) if isinstance(part, str)]
    words = PATTERN_WORDS_BY_KEY.get(keys[0] if keys else "") or PATTERN_WORDS.get(pattern)
    cause = "Such values become paths, labels and links, so their characters are limited."
    return cause, f"Use {words}." if words else "Compare with an example in projects/."


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
