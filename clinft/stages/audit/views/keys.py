"""Keys, tags and column heads: their words, and whether they name an identifier."""

from functools import lru_cache

from clinft.stages.audit.patterns import regex

CAMEL = regex(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
JOINT = regex(r"[\s_.:-]+")
TRIMMED = " \t\"'*#:|"
# What an identifier's column or field is called, at the end of its words.
HEAD = regex(
    r"(?:.{0,30}[ ])?(?:name|first|last|surname|given|family|fname|lname|maiden|next of kin|guardian|spouse|"
    r"emergency contact|guarantor|employer|mrn|empi|medical record(?: number| no| num)?|"
    r"chart(?: number| no)?|record (?:number|no|id)|patient(?: id| number| no| identifier)?|pt(?: id)?|dob|"
    r"date of birth|d o b|birth ?date|birthday|ssn|ss|social(?: security)?(?: number| no)?|"
    r"(?:tele)?phone(?: number| no)?|tel|"
    r"cell(?: phone)?|mobile|pager|fax(?: number| no)?|e-?mail(?: address)?|address|street(?: address)?|addr|"
    r"city|town|county|zip(?: ?code)?|postal ?code|postcode|acc(?:oun)?t(?: number| no| id)?|iban|"
    r"card(?: number| no)?|(?:member|subscriber|beneficiary|policy|insurance|plan|medicare|medicaid|group)"
    r"(?: id| number| no)?|mbi|licen[sc]e(?: number| no| plate)?|npi|dea|vin|plate(?: number)?|imei|"
    r"serial(?: number| no)?|device(?: id| serial)|ip(?: address)?|url|website|csn|accession|"
    r"(?:encounter|csn|visit|accession|specimen|claim|case)(?: id| number| no)|"
    r"(?:admit|admission|discharge|visit|service|death|surgery|appointment) date|"
    r"date of (?:service|death|admission)|dos|identifier|id number|passport(?: number| no)?)"
)
LONGEST = 60


@lru_cache(maxsize=4096)
def words_of_key(key: str) -> str:
    """`patient_name`, `patientName` → `patient name`."""
    return JOINT.sub(" ", CAMEL.sub(" ", key)).strip(TRIMMED).lower()


def is_head(text: str) -> bool:
    return len(text) <= LONGEST and _is_head(text)


@lru_cache(maxsize=4096)
def _is_head(text: str) -> bool:
    return HEAD.fullmatch(words_of_key(text)) is not None
