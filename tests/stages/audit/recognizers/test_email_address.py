"""(F) E-mail addresses."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

VALUES = [
    ("write to jane.roe+x@stmarys-clinic.com", "jane.roe+x@stmarys-clinic.com"),
    ("mailto:jroe@stmarys.org", "jroe@stmarys.org"),
    ("<jroe@mail.stmarys.co.uk>", "jroe@mail.stmarys.co.uk"),
    ("JROE@STMARYS.ORG.", "JROE@STMARYS.ORG"),
    ("josé.núñez@clínica.es", "josé.núñez@clínica.es"),
    ("o'brien@stmarys.org", "o'brien@stmarys.org"),
    ('"jane roe"@stmarys.org', '"jane roe"@stmarys.org'),
    ("jroe@[84.17.33.201]", "jroe@[84.17.33.201]"),
    ("jroe @ stmarys.org", "jroe @ stmarys.org"),
    ("jroe@stmarys .org", "jroe@stmarys .org"),
    ("jroe[at]stmarys[dot]org", "jroe[at]stmarys[dot]org"),
    ("jroe (at) stmarys.org", "jroe (at) stmarys.org"),
    ("jroe%40stmarys.org", "jroe%40stmarys.org"),
    ("jane dot roe at stmarys dot org", "jane dot roe at stmarys dot org"),
    ("jane.roe at gmail.com", "jane.roe at gmail.com"),
    ("email: jroe at stmarys.org", "jroe at stmarys.org"),
    ("E-mail is jroe@stmarys", "jroe@stmarys"),
    ("_jroe_@stmarys.org", "_jroe_@stmarys.org"),
    ("jane dot roe at gmail", "jane dot roe at gmail"),
]
MATCHES = [(text, value, "EMAIL_ADDRESS") for text, value in VALUES]
NEAR_MISSES = [
    "red dot visible at live ultrasound",
    "@ 5 mL/h",
    "threshold 0.7 V @ 0.4 ms",
    "HR 80 @ 98.6",
    "metoprolol 25 mg @ bedtime.",
    "seen at clinic dot phrase",
    "twitter @jroe",
    "git@github.com:org/repo.git",
    "logo@2x.png",
    "@app.route decorator",
    "follow up at stmarys",
    "email address unknown",
    "email: none",
    "look at the results.",
    "x@y",
    "a (at) b",
    "a red dot seen at home; meet at gmail",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_email_address_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("email_address", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("email_address", text) == set()


@pytest.mark.parametrize(
    "value",
    [
        "jroe@example.org",
        "jroe@mail.example.com",
        "jroe@ward.test",
        "jroe@host.invalid",
        "jroe [at] example [dot] org",
    ],
)
def test_a_reserved_domain_is_nobodys(value: str) -> None:
    assert certainty("email_address", f"mail {value}", value) == {"reserved"}


def test_a_domain_that_only_ends_alike_is_somebodys() -> None:
    assert certainty("email_address", "jroe@notexample.org", "jroe@notexample.org") == {"plausible"}
