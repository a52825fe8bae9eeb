"""What is wrong with a value of a row, in words; the value itself is never told."""

from collections.abc import Mapping
from types import MappingProxyType

# By pydantic's names of its errors (docs.pydantic.dev, "Validation Errors").
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "string_type": "must be text in quotes; an answer in JSON stands there as one text",
        "bool_type": "must be true or false",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "finite_number": "must be a number that is finite",
        "less_than_equal": "must be from 0 to 1",
        "greater_than_equal": "must be from 0 to 1, or not below 0",
        "dict_type": "must be an object of names and texts",
        "model_type": "must be an object, {...}",
        "json_invalid": "must be one JSON object on a line",
        "extra_forbidden": "is not known; see the keys in the documentation",
        "missing": "is missing",
        "string_too_short": "must not be empty",
        "string_too_long": "is too long",
        "string_pattern_mismatch": "is not written as it has to be",
    }
)


def in_words(error_type: str) -> str:
    """For an error that has no words here its name, which is English."""
    return WORDS.get(error_type, error_type.replace("_", " "))
