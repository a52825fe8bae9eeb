"""What one family of rules finds in a text, for the tables of the tests beside this module."""

from clinft.stages.audit.recognizers import TABLE


def found(family: str, text: str) -> set[tuple[str, str]]:
    """Entity type and the text found."""
    return {
        (rule.entity_type, text[start:end]) for rule in TABLE[family] for start, end, _ in rule.find(text)
    }


def certainty(family: str, text: str, value: str) -> set[str]:
    return {
        certain
        for rule in TABLE[family]
        for start, end, certain in rule.find(text)
        if text[start:end] == value
    }
