"""(B) Geographic coordinates and codes that stand for a point."""

from clinft.stages.audit.rule import rule

DEGREES = r"-?\d{1,3}\.\d{4,15}"
SECONDS = r"(?:[ ]?\d{1,2}(?:\.\d{1,6})?[ ]?(?:\"|”|″|''))?"
MINUTES = rf"\d{{1,3}}[ ]?°[ ]?\d{{1,2}}(?:\.\d{{1,6}})?[ ]?['’′]{SECONDS}[ ]?"

RULES = (
    rule(
        "coordinates",
        "COORDINATES",
        (
            rf"(?<![\w.]){DEGREES}[ ]?°?[ ]?[NS]?[,;/ ][ ]?{DEGREES}(?:[ ]?°?[ ]?[EW]\b)?(?!\w)|"
            r"(?<![\w.])\d{1,2}\.\d{2,15}[ ]?°[ ]?[NS][,;/ ][ ]?\d{1,3}\.\d{2,15}[ ]?°[ ]?[EW]\b"
        ),
        0.8,
        digit=True,
        symbol=".",
    ),
    rule(
        "coordinates-in-minutes",
        "COORDINATES",
        rf"(?<!\w){MINUTES}[NSns](?:[ ,;/]{{1,3}}{MINUTES}[EWew])?",
        0.85,
        digit=True,
        symbol="°",
    ),
    rule(
        "coordinate-by-label",
        "COORDINATES",
        (
            r"(?i)\b(?:lat|lon|lng|long(?=[\"' ]{0,2}[:=])|latitude|"
            r"longitude)\.?[\"' ]{0,2}[:=]?[\"' ]{0,3}(?:is )?"
            r"(?P<value>-?\d{1,3}\.\d{3,15})(?![\w%]|[ ]?(?:cm|mm|mg|m)\b)"
        ),
        0.85,
        words="lat lon lng long latitude longitude",
        digit=True,
    ),
    rule(
        "coordinates-by-label",
        "COORDINATES",
        (
            r"(?i)\b(?:gps|coordinates?|coords|geo(?:location)?|"
            r"location)[\"' ]{0,2}[:=(]{0,2}[\"' ]{0,3}(?:are |is |of )?"
            r"(?P<value>-?\d{1,3}\.\d{2,15}[ ]?°?[ ]?[NSEW]?[,;/ ]{1,2}-?\d{1,3}\.\d{2,15})"
        ),
        0.85,
        words="gps coordinate coordinates coords geo geolocation location",
        digit=True,
    ),
    rule(
        "plus-code",
        "COORDINATES",
        r"(?<![\w+])(?:[23456789CFGHJMPQRVWX]{8}|"
        r"[23456789CFGHJMPQRVWX]{4}(?=\+[23456789CFGHJMPQRVWX]{2,3},?[ ][A-Z]))"
        r"\+[23456789CFGHJMPQRVWX]{2,3}(?![\w+])",
        0.75,
        digit=True,
        symbol="+",
    ),
    rule(
        "three-words",
        "COORDINATES",
        r"(?<!\S)///[^\W\d_]{2,20}\.[^\W\d_]{2,20}\.[^\W\d_]{2,20}(?!\w)",
        0.8,
        symbol="///",
    ),
)
