"""(B) Street addresses as other countries write them: the kind before the name, or joined to it."""

from clinft.stages.audit.rule import rule

NAME = r"[^\W\d_]{3,20}"

RULES = (
    rule(
        "street-french",
        "STREET_ADDRESS",
        (
            r"(?i)(?<!\w)\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|chemin|all[eé]e|impasse|"
            rf"quai|cours) (?:d[eu]s? |de la |de l['’]|d['’]|l['’]|la |le )?{NAME}"
        ),
        0.75,
        words="rue avenue boulevard chemin allee allée impasse quai cours",
        digit=True,
    ),
    rule(
        "street-romance",
        "STREET_ADDRESS",
        (
            r"(?i)(?<!\w)(?:calle|avenida|av\.|paseo|carrera|via|viale|piazza|corso|rua|travessa|rue) "
            rf"(?:(?:de|del|della|dei|do|da|dos|la|las|los|el) ){{0,2}}{NAME}(?: {NAME})?,? "
            r"(?:n[°º.]? ?)?\d{1,4}\b"
        ),
        0.75,
        words="calle avenida av paseo carrera via viale piazza corso rua travessa rue",
        digit=True,
    ),
    rule(
        "street-spanish-name",
        "STREET_ADDRESS",
        (
            r"(?<![\w.,/-])\d{1,5} (?i:calle|camino|avenida|paseo|via|rua) "
            r"[^\W\d_]{3,20}(?: [A-Z][^\W\d_]{2,20})?\b"
        ),
        0.75,
        words="calle camino avenida paseo via rua",
        digit=True,
    ),
    rule(
        "street-germanic",
        "STREET_ADDRESS",
        (
            r"(?i)(?<!\w)[^\W\d_]{2,24}(?:stra(?:ße|sse)|str\.|weg|platz|gasse|allee|laan|straat|gatan|gade|"
            r"vej|v[äa]gen|veien|utca|katu) \d{1,4}[a-z]?\b"
        ),
        0.75,
        digit=True,
    ),
)
