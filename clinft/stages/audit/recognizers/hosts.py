"""Names of hosts: which are nobody's, which belong to publications, and which endings a bare one may have."""

import re

from clinft.stages.audit.patterns import regex

# RFC 2606 and RFC 6761: names that are nobody's.
RESERVED = regex(r"(?i)(?:^|[.@\[])(?:example\.(?:com|org|net|edu)|example|test|invalid|localhost)\.?$")
# Publications, code systems and standards bodies: an address there is not about an individual.
REFERENCES = regex(
    r"(?i)^(?:[\w-]+\.)*(?:doi\.org|nih\.gov|cdc\.gov|cms\.gov|hhs\.gov|fda\.gov|who\.int|hl7\.org|"
    r"clinicaltrials\.gov|trials\.gov|pubmed\.gov|medlineplus\.gov|cancer\.gov|ahrq\.gov|nice\.org\.uk|"
    r"loinc\.org|snomed\.info|snomed\.org|unitsofmeasure\.org|w3\.org|json-schema\.org|arxiv\.org|"
    r"uptodate\.com|nejm\.org|jamanetwork\.com|thelancet\.com|bmj\.com|nature\.com|springer\.com|lww\.com|"
    r"elsevier\.com|sciencedirect\.com|wiley\.com|cochrane\.org|cochranelibrary\.com|wikipedia\.org|"
    r"heart\.org|stroke\.org|cancer\.org|lung\.org|diabetes\.org|webmd\.com|mayoclinic\.org|"
    r"creativecommons\.org|huggingface\.co|github\.com|githubusercontent\.com|python\.org|ecfr\.gov)$"
)
# Endings that are no English word, so that `pain.in` and `stable.no` are sentences and not hosts.
CLEAR_ENDING = r"(?:com|org|net|edu|gov|mil)"
LOWER_ENDING = (
    r"(?:info|biz|io|dev|ai|de|fr|nl|eu|ca|ch|se|uk|tv|"
    r"(?:co|com|org|ac|gov|nhs|net|edu)\.(?:uk|au|nz|za|in|jp|br|mx|sg|hk|ng|ke))"
)
TOP_LEVEL = (
    rf"(?:{CLEAR_ENDING}|{LOWER_ENDING}|int|co|us|au|me|ly|gl|be|it|es|in|nz|jp|br|mx|ie|at|app|link|page|"
    rf"site|"
    r"online|blog|live|life|xyz|cloud|health|healthcare|clinic|care|hospital|doctor|dental|med|tech|team|"
    r"family|gd|su|gg|to|cc|ws|sh|so|id)"
)


def host_of(address: str) -> str:
    without_scheme = re.sub(r"^[a-z0-9+.-]{1,12}://(?:[^@/\s]{0,200}@)?", "", address.lower())
    return re.split(r"[/:?#]", without_scheme, maxsplit=1)[0].replace("[.]", ".").rstrip(".")


def is_reserved_host(address: str) -> bool:
    return RESERVED.search(address) is not None


def is_reference(address: str) -> bool:
    return REFERENCES.match(host_of(address)) is not None
