"""(L) Vehicle identification numbers by check digit or a word; plates beside a word, a State or a car."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.recognizers.labelled import CLOSE, labelled
from clinft.stages.audit.rule import Certainty, digits_of, rule, value_of

# 49 CFR 565.15: no I, O, Q; position 9 is the remainder of the weighted sum by 11, 10 written X.
VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|"
    r"V[AT]|W[AIVY]|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|"
    r"Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|"
    r"Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New (?:Hampshire|Jersey|Mexico|York)|"
    r"(?:North|South) (?:Carolina|Dakota)|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|Tennessee|Texas|"
    r"Utah|"
    r"Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)"
)
CARS = "|".join(sorted(tables.words("numbers", "cars")))
# Groups of up to four; what is none of a plate's is for the judge.
PLATE = r"(?P<value>[a-zA-Z0-9]{1,4}(?:[ ·-]?[a-zA-Z0-9]{1,4}){1,2})(?![\w-])"
STRICT_PLATE = (
    r"(?P<value>(?=[a-zA-Z0-9]{0,3}[ -]?[a-zA-Z0-9]{0,4}\d|\d-)(?=\d{0,4}[ -]?\d{0,3}[a-zA-Z])"
    r"(?:[a-zA-Z0-9]{2,4}[ -]?[a-zA-Z0-9]{2,5}|\d-[a-zA-Z]{5}))(?![\w-]|[ ]?%)"
)
NOT_OF_A_PLATE = tables.words("numbers", "not_of_a_plate")


def _is_vin(match: re.Match[str]) -> Certainty | None:
    vin = value_of(match).upper()
    numbers = [int(character) if character.isdigit() else VALUES[character] for character in vin]
    remainder = sum(number * weight for number, weight in zip(numbers, WEIGHTS, strict=True)) % 11
    return "plausible" if vin[8] == ("X" if remainder == 10 else str(remainder)) else None


def _is_plate(match: re.Match[str]) -> Certainty | None:
    """Letters and digits, or four digits; no group is a unit or a small word: `plate 12 mm`, `car 2 was`."""
    value = value_of(match)
    groups = re.split(r"[ ·-]", value.lower())
    if not NOT_OF_A_PLATE.isdisjoint(groups) or any(
        re.fullmatch(r"(?:19|20)\d\d", group) for group in groups
    ):
        return None
    digits = len(digits_of(value))
    lettered = re.search(r"[A-Za-z]", value) is not None
    personal = re.fullmatch(r"\d-[A-Za-z]{5}|[A-Za-z]{3}[ -]?[A-Za-z]{2}\d", value)
    return "plausible" if personal or digits >= 4 or (lettered and digits >= 2 and len(value) >= 5) else None


def _is_plate_of_a_car(match: re.Match[str]) -> Certainty | None:
    """In one piece or in capitals: `Ford 150 with` has neither."""
    value = value_of(match)
    named = re.search(r"(?i)\b(?:tag|reg|plates?|licen[sc]e)\b", match.group())
    return None if " " in value and value != value.upper() and not named else _is_plate(match)


RULES = (
    # 14 CFR 47.15: N, up to five digits, or fewer and a letter or two.
    rule(
        "aircraft",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i)\b(?:aircraft|airplane|plane|medevac|helicopter|life ?flight|air ambulance|tail)"
            r"(?: (?:number|no\.?))?[ :#,]{1,3}(?P<value>N-?[1-9]\d{0,4}[A-Z]{0,2})(?!\w)"
        ),
        0.85,
        digit=True,
    ),
    # 33 CFR 181.25: maker, serial, month and year, with or without spaces.
    rule(
        "hull",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i)\b(?:hin|hull (?:id|no\.?|number|identification(?: number)?))[ :#]{1,3}"
            r"(?P<value>[a-z]{3}[ -]?[a-z0-9]{5}[ -]?[a-z]\d[ -]?\d\d)(?!\w)"
        ),
        0.9,
        words="hin hull",
        digit=True,
    ),
    rule(
        "vin",
        "VEHICLE_IDENTIFIER",
        r"(?<![\w-])(?i:[A-HJ-NPR-Z0-9]{17})(?![\w-])",
        0.9,
        judge=_is_vin,
        digit=True,
    ),
    labelled(
        "vin-by-word",
        "VEHICLE_IDENTIFIER",
        r"v\.?i\.?n\.?|vehicle[ _-](?:identification|serial|id|registration)|chassis|hull",
        signed=(
            r"tail|(?:(?:car|motorcycle|boat|trailer|bike) )?(?:frame|engine)|"
            r"car|truck|vehicle|motorcycle|boat|trailer"
        ),
        minimum_digits=3,
        link=CLOSE,
    ),
    labelled(
        "plate-by-word",
        "VEHICLE_IDENTIFIER",
        r"(?:licen[sc]e|registration|number|vehicle|car|truck|auto)[ _-]?(?:plates?|tags?)",
        signed=r"plates?|tags?",
        minimum_digits=3,
    ),
    rule(
        "license-plate",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i:\b(?:(?:licen[sc]e|registration|number|vehicle|car)[ _-]?(?:plates?|tags?)|"
            r"(?:vehicle|car) reg(?:istration)?)(?:[ _](?:number|no|#))?)"
            r"[.\"'(,:#= -]{0,4}(?i:(?:is|was|reads?|of|with) ){0,2}"
            rf"[\"'(#]{{0,2}}(?:{STATE}[ :-]{{1,3}})?{PLATE}"
        ),
        0.85,
        judge=_is_plate,
        words="plate plates tag tags licenseplate reg registration",
        digit=True,
    ),
    # `plate` alone is also bone and agar.
    rule(
        "plate",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i:\b(?:(?:licen[sc]e )?pl(?:ate|tae|aet)s?|(?:licen[sc]e )?palte|tags?|"
            r"reg)\.?[ ]{0,2}[:#(,]?[ ]{0,2}"
            rf"(?:(?:is|are|was|were|reads?|no\.?|number) ){{0,2}})"
            rf"[\"'(]?(?:{STATE}[ :-]{{1,3}})?{STRICT_PLATE}"
        ),
        0.8,
        judge=_is_plate,
        words="plate plates palte pltae plaet tag tags reg",
        digit=True,
    ),
    labelled(
        "plate-number",
        "VEHICLE_IDENTIFIER",
        r"plates?|tags?",
        score=0.7,
        minimum_digits=3,
        bare_digits=5,
        link=CLOSE,
    ),
    rule(
        "plate-of-a-car",
        "VEHICLE_IDENTIFIER",
        rf"(?i:\b(?:{CARS}))[ ,(]{{1,3}}(?i:(?:tag|reg|plates?|licen[sc]e)[ :]{{1,2}})?{STRICT_PLATE}",
        0.7,
        judge=_is_plate_of_a_car,
        digit=True,
    ),
    rule(
        "plate-of-state",
        "VEHICLE_IDENTIFIER",
        rf"\b{STATE}[ ](?i:licen[sc]e |registration )?(?i:plates?|tags?)[ :#]{{1,2}}(?i:number |"
        rf"no\.? )?{PLATE}",
        0.85,
        judge=_is_plate,
        words="plate plates tag tags",
        digit=True,
    ),
    # Seen in the street, without the word plate: `drove off in 488VJ`, `taxi 9721MZ`, `registration LC8 68K`.
    rule(
        "plate-in-traffic",
        "VEHICLE_IDENTIFIER",
        (
            r"(?i:\b(?:taxi|cab|uber|lyft|school bus|bus|ambulance unit|dash ?cam (?:of|from)|"
            r"drove (?:off|away) in|registration|parking permit(?: for)?|hit by|struck by)[ :,#]{1,3})"
            rf"{STRICT_PLATE}"
        ),
        0.65,
        judge=_is_plate,
        digit=True,
    ),
    # A plate made of a word stands in quotation marks.
    rule(
        "plate-quoted",
        "VEHICLE_IDENTIFIER",
        r"(?i:\b(?:plates?|tags?)(?: (?:number|reading|reads|is|of|"
        r"says)){0,2}[ :]{1,2})[\"'“](?P<value>[A-Z0-9 -]{2,9})[\"'”]",
        0.85,
        words="plate plates tag tags",
    ),
)
