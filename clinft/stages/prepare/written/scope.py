"""Is a phrase denied, ruled out, or said of a relative? Cues and how far they reach (NegEx, Chapman 2001)."""

import re

# Before the phrase, up to the end of its scope.
DENIALS = re.compile(
    r"(?<!\w)(?:no|not|nor|never|neither|nil|nothing|without|w/o|denie[sd]|denying|denial of|absent|"
    r"absence of|lacks?|lacking|negative(?: for|s)?|pertinent negatives|free of|free from|rules? out|"
    r"ruled out|exclude[sd]?|neg|"
    r"hasn't|haven't|doesn't|didn't|isn't|aren't|wasn't|don't|none of)(?!\w)",
    re.IGNORECASE,
)
# After it, in the same clause.
DENIED_AFTER = re.compile(
    r"^[A-Za-z0-9_\s,/-]{0,80}?(?<!\w)(?:(?:is|are|was|were|has been|have been|both|all)\s+)?"
    r"(?:absent|denied|not (?:present|found|seen|reported|noted|described)|negative|ruled out|"
    r"excluded)(?!\w)",
    re.IGNORECASE,
)
# Where what was denied ends and something else is said.
ENDS = re.compile(
    r"[;:\n]|[.!?](?=\s|$)|(?<!\w)(?:but|however|although|though|yet|except|presents?|presenting|reports?|"
    r"reporting|complains?|has|have|had|with|shows?|showed|reveals?|treated|started|given|is on|takes|"
    r"most consistent|this is|the picture is)(?!\w)",
    re.IGNORECASE,
)
# Dictation says its full stops.
SENTENCE_END = re.compile(r"\n|;|[.!?](?=\s|$)|\speriod(?=[.\s]*(?:[A-Z]|$))")
HEADING = re.compile(rf"({DENIALS.pattern}(?:[ ]\w+){{0,3}})\s*:", re.IGNORECASE)
# That a diagnosis was thought of and dropped may also be said so.
DROPPED = re.compile(
    r"(?<!\w)(?:ruled out|rule out|exclude[sd]?|excluding|unlikely|less likely|considered|looked for|"
    r"did not find|does not fit|doesn't fit|do not think|don't think|no evidence|not|no|against|rather than|"
    r"instead of|doubt|negative for|without|ddx|differential|thought of|r/o|over)(?!\w)",
    re.IGNORECASE,
)


def sentence(text: str, start: int, end: int) -> str:
    """The sentence, or the line, around text[start:end]."""
    first, last = sentence_bounds(text, start, end)
    return text[first:last]


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    before = [match.end() for match in SENTENCE_END.finditer(text, 0, start)]
    after = SENTENCE_END.search(text, end)
    return (before[-1] if before else 0), (after.start() if after else len(text))


def is_denied(masked: str, start: int, end: int) -> bool:
    """`masked`: the text with every told phrase filled by one character, a letter of its role, so that a cue
    within a phrase (`absent breath sounds`) denies nothing."""
    first, last = sentence_bounds(masked, start, end)
    # `Absent: fever or chills` is a heading, whose colon ends nothing.
    before = HEADING.sub(r"\1 ", masked[first:start])
    cue = max((match.end() for match in DENIALS.finditer(before)), default=None)
    if cue is not None and not ENDS.search(before, cue):
        return True
    # Only phrases of the same role may stand between a phrase and what denies it afterwards.
    after = masked[end:last].replace(masked[start], " ")
    return DENIED_AFTER.match(after) is not None


def is_dropped(masked: str, start: int, end: int) -> bool:
    return DROPPED.search(sentence(masked, start, end)) is not None
