"""(N) Web addresses."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

VALUES = [
    ("https://portal.stmarys.org/p/8812", "https://portal.stmarys.org/p/8812"),
    ("see http://stmarys.org/chart?pid=12.", "http://stmarys.org/chart?pid=12"),
    ("HTTPS://STMARYS.ORG/P", "HTTPS://STMARYS.ORG/P"),
    ("hxxps://stmarys.org/p", "hxxps://stmarys.org/p"),
    ("ftp://files.stmarys.org/roe.zip", "ftp://files.stmarys.org/roe.zip"),
    ("www.roejourney.com", "www.roejourney.com"),
    ("see portal.stmarys.org/p today", "portal.stmarys.org/p"),
    ("instagram.com/jroe", "instagram.com/jroe"),
    ("blog: jroe.wordpress.com", "jroe.wordpress.com"),
    ("stmarys[.]org", "stmarys[.]org"),
    ("fundmycare.io/u/roe372", "fundmycare.io/u/roe372"),
    ("photos.cloudshelf.co/in/roe-66", "photos.cloudshelf.co/in/roe-66"),
    ("PHOTOS.CLOUDSHELF.CO/P/ROE", "PHOTOS.CLOUDSHELF.CO/P/ROE"),
    ("stmarys.nhs.uk", "stmarys.nhs.uk"),
    ("Website: stmarys.health", "stmarys.health"),
    ("(https://stmarys.org/u/9)", "https://stmarys.org/u/9"),
]
REFERENCES = ["https://doi.org/10.1056/x", "https://www.nejm.org/doi/full/1"]
MATCHES = [
    *((text, value, "URL") for text, value in VALUES),
    *((text, text, "REFERENCE_URL") for text in REFERENCES),
]
NEAR_MISSES = [
    "b.i.d. and q.h.s. at night",
    "p.o. at bedtime",
    "e.g. on room air",
    "pain.in the arm, stable.no fever",
    "He went home.Health was good.",
    "care.Care was given",
    "and/or, I/O, w/o",
    "report.pdf and scan.dcm",
    "os.path.join",
    "see ClinicalTrials.gov",
    "jroe@stmarys.org",
    "version 1.2.3",
    "10.1.4.77",
    "http is a protocol",
    "N.B. the visit was short",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_web_address_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("web_address", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("web_address", text) == set()


@pytest.mark.parametrize("value", ["https://example.org/p/1", "http://portal.test/x", "www.example.com"])
def test_a_reserved_host_is_nobodys(value: str) -> None:
    assert certainty("web_address", f"at {value}", value) == {"reserved"}


def test_a_reserved_name_in_the_path_reserves_nothing() -> None:
    value = "https://stmarys.org/example.org"
    assert certainty("web_address", value, value) == {"plausible"}
