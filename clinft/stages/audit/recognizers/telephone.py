"""(D) Telephone numbers: North American forms, international ones, short ones beside a word."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, after, before, digits_of, rule, value_of

EXTENSION = r"(?:[ ,;(]{0,3}(?i:x|ext\b\.?|extension|extn\.?)[ .:#]{0,2}\d{1,6}\)?)?"
# Area codes and exchanges begin with 2 to 9; invented ones often do not, so marks count for more.
NORTH_AMERICAN = (
    r"(?:\+?1[-. ]{0,2})?(?:\(\d{3}\)[-. /]{0,3}\d{3}[-. ]{0,3}\d{4}|\d{3}[-./ ]{1,2}\d{3}[-. ]{1,2}\d{4})"
)
GROUPS = r"(?:\(0\)[ ]?)?\(?\+?\d{1,5}\)?(?:[-. ]{1,2}\(?\d{2,8}\)?){1,6}"
LOCAL = r"[2-9]\d\d[-. ]\d{4}"
# The last of a longer row of digits, unless a whole number stands there: `617-736-5001/617-736-5002`.
NOT_IN_A_ROW = r"(?:(?<!\d[.+/=-])|(?<=\d{4}/)|(?<=\d{3}[-.]\d{4}-))"
NOT_BEFORE_MORE = r"(?!\d|[.-]\d(?!\d\d[-. ]\d{3}[-. ]\d{4}(?!\d)))"
KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
PUBLIC_LINES = tables.words("numbers", "public_lines")

UNIT = regex(
    r"(?i)[ -]?(?:m?c?g|ml|l|kg|mm|cm|units?|cells|copies|iu|kcal|calories|%|steps|beats|bpm|patients|people|"
    r"women|men|subjects|cases|hours|minutes|years|days|mmhg|per)(?![^\W_])"
)
# What has as many digits and another meaning. Its own family finds it.
OTHER_NUMBER = regex(
    r"(?i)\b(?:mrn|medical record|med rec|record|account|acct|member|policy|claim|case|order|npi|ndc|serial|"
    r"s/n|sn|lot|id|ids|ssn|social security|sku|model|udi|imei|licen[cs]e|passport|invoice|accession|"
    r"encounter|subscriber|group|beneficiary|isbn|pmid|doi|code|reference|ref|confirmation|tracking|card|"
    r"hicn|medicare|medicaid|nct|rx)(?:[ _]?(?:numbers?|num|no|nr|id|#))?\.?[ :=#|*\"'(-]{0,4}(?:is )?$"
)
CUE = (
    r"(?:(?:tele)?phone[sd]?|t[eé]l(?:[eé]phone)?|cell(?:phone|ular)?|mobile|mob|call(?:s|ed|ing|back)?|text(?:s|ed|ing)?|sms|"
    r"whats ?app|messages?|msg|voice ?mail|vm|answer(?:s|ing|ed)?|reach(?:ed|able|es)?|contact(?:s|ed)?|dial|"
    r"ring|rang|pager|page[dr]?|beeper|bleep|ph|registered|land ?line|hot ?line|handset|"
    r"emergency (?:no|number|contact))"
)
CUE_BEFORE = regex(rf"(?i)(?<![a-z]){CUE}\b[^\d\n]{{0,36}}$|(?<![a-z])[ptmchw]:[ ]{{0,2}}$")
# One of these words stands in every text that has a cue.
CUE_WORDS = (
    "phone phones phoned telephone telephones telephoned tel cell cellphone cellular mobile mob call "
    "calls called calling callback text texts texted texting sms whatsapp app message messages msg "
    "voicemail mail vm answer answers answering answered reach reached reachable reaches contact "
    "contacts contacted dial ring rang pager page paged beeper bleep ph registered landline hotline "
    "tél téléphone line handset emergency office home work desk direct p t m c h w o"
)
# Weaker: who has a number, or where one stands. Enough for the shape 736-5001 alone.
PLACE_BEFORE = regex(
    r"(?i)\b(?:left|spoke|at|home|work|office|desk|pharmacy|clinic|number|no|mother|father|mom|dad|wife|"
    r"husband|spouse|partner|son|daughter|sister|brother|aunt|uncle|cousin|nephew|niece|guardian|caregiver|"
    r"neighbor|friend|grand\w{2,8}|contact|kin|nok|poa|proxy|street|st|ave|avenue|road|rd|drive|lane|"
    r"terrace|blvd|way|court|circle|place|front desk|line|hospital|center|who|her|him|"
    r"them)\b[^\d\n]{0,30}[ (,:]$"
)
NUMBER_BEFORE = regex(rf"{NORTH_AMERICAN}[ ]?(?:/|[,;&]|or|and)[ ]{{0,2}}$")
PAIR_BEFORE = regex(rf"(?i)(?<![a-z]){CUE}\b[^\d\n]{{0,36}}(?:\d{{10}}/)?$")
KIND_AFTER = regex(
    r"(?i)[ ]?[-(,/]{0,2}[ ]?(?:(?:his|her|their) )?(?:office|mobile|cell|home|work|desk|direct)\b|"
    r"[ ]?\([hcwmo]\)"
)

DATE_OR_RANGE = regex(
    r"(?:\d{1,2}[-. ]\d{1,2}[-. ](?:\d{4}|\d\d)|(?:19|20)\d\d[-. ]\d{1,2}[-. ]\d{1,2}|"
    r"(?:19|20)\d\d[-. ](?:19|20)\d\d|\d{3}[- ]\d\d[- ]\d{4})"
)
JOINT_BEFORE = regex(
    r"(?i)\b(?:knee|hip|elbow|wrist|neck|spine|finger|lag|flexion|rom|full|passive|active|lumbar|cervical)"
    r"\W{1,3}\w{0,12}$"
)


def certainty_of(value: str) -> Certainty:
    """555-0100 to 555-0199 are held back for fiction in every area code (NANPA); help lines are for all."""
    digits = digits_without_extension(value)
    nobodys = re.search(r"55501\d\d$", digits) or digits[-10:] in PUBLIC_LINES
    return "reserved" if nobodys else "plausible"


def digits_without_extension(value: str) -> str:
    return digits_of(value.lower().partition("x")[0])


def _is_other(match: re.Match[str]) -> bool:
    return OTHER_NUMBER.search(before(match, 32)) is not None


def _is_counted(match: re.Match[str]) -> bool:
    return UNIT.match(after(match, 12)) is not None


def _is_north_american(match: re.Match[str]) -> Certainty | None:
    """Groups with only spaces or dots between them may be counts: `500 250 1000 mg`."""
    value = value_of(match)
    if re.fullmatch(r"[\d .]+", value):
        digits = digits_of(value)[-10:]
        if digits[0] in "01" or digits[3] in "01" or _is_counted(match):
            return None
    # With dashes alone it may be a record's number, and then its word stands before it.
    return None if re.fullmatch(r"[\d-]+", value) and _is_other(match) else certainty_of(value)


def _is_international(match: re.Match[str]) -> Certainty | None:
    """ITU-T E.164: at most 15 digits. After 00 instead of a plus, a full number."""
    count = len(digits_without_extension(value_of(match)))
    least = 8 if "+" in match.group() else 11
    return certainty_of(value_of(match)) if least <= count <= 15 and not _is_counted(match) else None


def _has_cue(match: re.Match[str]) -> bool:
    cued = CUE_BEFORE.search(before(match, 48)) or KIND_AFTER.match(after(match, 16))
    return cued is not None and not _is_other(match)


def _is_grouped(match: re.Match[str]) -> Certainty | None:
    """Any grouping of 7 to 15 digits after `call`, `text` or `phone`; no date, years or SSN."""
    value = value_of(match)
    if not 7 <= len(digits_without_extension(value)) <= 15 or DATE_OR_RANGE.fullmatch(value.strip("()")):
        return None
    return certainty_of(value) if _has_cue(match) and not _is_counted(match) else None


def _is_local(match: re.Match[str]) -> Certainty | None:
    """Seven digits: after a word for a telephone, a person or a place, and no range of round numbers."""
    first, last = int(value_of(match)[:3]), int(value_of(match)[4:8])
    if _is_counted(match) or _is_other(match):
        return None
    round_range = last % 50 == 0 and first % 5 == 0
    cued = (
        CUE_BEFORE.search(before(match, 48))
        or NUMBER_BEFORE.search(before(match, 32))
        or (not round_range and PLACE_BEFORE.search(before(match, 48)))
    )
    return certainty_of(value_of(match)) if cued or KIND_AFTER.match(after(match, 16)) else None


def _is_of_a_pair(match: re.Match[str]) -> Certainty | None:
    return certainty_of(value_of(match)) if PAIR_BEFORE.search(before(match, 60)) else None


def _is_slashed(match: re.Match[str]) -> Certainty | None:
    """Three doses may be written so too: `600/200/1000`."""
    value = value_of(match)
    doses = value.endswith("00") or _is_counted(match)
    return None if doses or _is_other(match) else certainty_of(value)


def _is_spelled(match: re.Match[str]) -> Certainty | None:
    """ITU-T E.161 says which letters a key has; what is dialled beyond ten digits is not read."""
    return certainty_of(digits_of(value_of(match).translate(KEYS)).removeprefix("1")[:10])


def _is_short(match: re.Match[str]) -> Certainty | None:
    return None if _is_counted(match) else certainty_of(value_of(match))


def _is_extension(match: re.Match[str]) -> Certainty | None:
    """`call ext 4432` and not `knee extension 110 degrees`."""
    bent = JOINT_BEFORE.search(match.string[max(0, match.start() - 24) : match.start()])
    return None if bent or re.match(r"(?i)[ ]?(?:°|deg|to\b|%)", after(match, 8)) else "plausible"


RULES = (
    rule(
        "phone-north-american",
        "PHONE_NUMBER",
        rf"(?<![A-Za-z0-9]){NOT_IN_A_ROW}{NORTH_AMERICAN}{NOT_BEFORE_MORE}{EXTENSION}",
        0.9,
        judge=_is_north_american,
        digit=True,
    ),
    rule(
        "phone-international",
        "PHONE_NUMBER",
        (
            # 00 and a country, but not a Social Security number of area 001 to 009.
            r"(?<![\w.+/=-])(?!\d{3}(?P<gap>[- .])\d\d(?P=gap)\d{4}\b)"
            r"(?:\+[ ]?|\(\+|00|011[- ])[1-9]\d{0,2}\)?"
            rf"(?:[-. /]?\(?\d{{1,4}}\)?){{2,6}}{EXTENSION}(?!\w|[.-]\d)"
        ),
        0.8,
        judge=_is_international,
        digit=True,
    ),
    rule(
        "phone-grouped",
        "PHONE_NUMBER",
        rf"(?<![\w.+/=-])(?:{GROUPS}|\d{{7,12}}){EXTENSION}(?![\w/]|[.-]\d)",
        0.85,
        judge=_is_grouped,
        words=CUE_WORDS,
        digit=True,
    ),
    # `tel 6177365001/6177365002`
    rule(
        "phone-of-a-pair",
        "PHONE_NUMBER",
        r"\d(?:(?<![\w.+/=-]\d)(?=\d{9}/\d{10}(?!\w))|(?<=\d{10}/\d))\d{9}(?!\w|[.-]\d)",
        0.85,
        judge=_is_of_a_pair,
        words=CUE_WORDS,
        digit=True,
        symbol="/",
    ),
    rule(
        "phone-slashed",
        "PHONE_NUMBER",
        r"(?<![\w.+/=-])[2-9]\d\d/[2-9]\d\d/\d{4}(?![\w/%]|[.-]\d)",
        0.75,
        judge=_is_slashed,
        digit=True,
        symbol="/",
    ),
    # The keys of a telephone have letters.
    rule(
        "phone-spelled",
        "PHONE_NUMBER",
        (
            r"(?<![\w.+/=-])(?:(?:1[- ])?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d[-. ])[2-9]\d\d-"
            r"(?!UNIT|DOSE|CELL|WATT|KCAL)[A-Z]{4}|"
            r"1-8\d\d-(?:[A-Z]{3}-(?:[A-Z]{4}|\d{4})|[A-Z]{7,9}))(?![\w-])"
        ),
        0.8,
        judge=_is_spelled,
        digit=True,
    ),
    rule(
        "phone-local",
        "PHONE_NUMBER",
        rf"(?:(?<![\w.+/=:;-])|(?<=\d{{3}}[-.]\d{{4}}/)){LOCAL}{EXTENSION}(?![\w/%]|[.-]\d)",
        0.7,
        judge=_is_local,
        digit=True,
    ),
    rule(
        "pager",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:pager|pgr|beeper|bleep|vocera|spectralink|ascom|phone|paged? ?#)\.?"
            r"(?: (?:number|no\.?|is|on|at)){0,2}[ :#]{1,3}(?P<value>\d-\d{4}|\d{4,7})(?![\w%/-]|\.\d)"
        ),
        0.8,
        judge=_is_short,
        words="pager pgr beeper bleep vocera spectralink ascom phone page paged",
        digit=True,
    ),
    rule(
        "extension",
        "PHONE_NUMBER",
        (
            r"(?i)(?<![a-z])(?:ext\.?|extn\.?|extension)[ :#]{0,3}(?:no\.? |is |number )?"
            r"(?P<value>\d-\d{4}|\d{3,6})(?![\w%/-]|\.\d)"
        ),
        0.75,
        judge=_is_extension,
        words="ext extn extension",
        digit=True,
    ),
    # `call x4432`
    rule(
        "extension-x",
        "PHONE_NUMBER",
        (
            r"(?i)\b(?:call|dial|phone|tel|reach(?:able)?|contact|office|desk|questions)[ :,]{1,3}"
            r"(?:(?:me|us|him|her|them|at|on|is) ){0,2}(?P<value>x[ ]?\d{4,5})(?![\w%/-]|\.\d)"
        ),
        0.75,
        words="call dial phone tel reach reachable contact office desk questions",
        digit=True,
    ),
)
