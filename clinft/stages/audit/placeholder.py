"""What may stand where an identifier stood: `fix` writes it, and the detector must not take it for a name."""

from clinft.stages.audit.patterns import regex

# By letter of 45 CFR 164.514(b)(2)(i), so that patterns of a team's own have one, too.
WORDS = {
    "A": "PERSON", "B": "PLACE", "C": "DATE", "D": "PHONE", "E": "FAX", "F": "EMAIL", "G": "SSN", "H": "MRN",
    "I": "PLAN", "J": "ACCOUNT", "K": "LICENSE", "L": "VEHICLE", "M": "DEVICE", "N": "URL", "O": "IP",
    "P": "BIOMETRIC", "Q": "IMAGE", "R": "ID",
}  # fmt: skip
OWN_WORDS = {"EMPLOYER": "EMPLOYER", "EMBEDDED_DATA": "DATA", "UNSCANNED_TEXT": "TEXT"}
REMOVED = "[REMOVED]"
# What the remedies in severities.yaml tell people to write.
ADVISED = "NAME"
# For numerals. No vowels, so no words.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
# Any other word in brackets may be a name.
PLACEHOLDER = regex(
    rf"\[(?:{'|'.join((*WORDS.values(), *OWN_WORDS.values(), REMOVED.strip('[]'), ADVISED))})"
    rf"(?:_(?:\d{{1,6}}|[{LETTERS}]{{1,6}}))?\]"
)
