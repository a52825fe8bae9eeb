"""(D) Telephone numbers."""

import pytest

from tests.stages.audit.recognizers.finding import certainty, found

VALUES = [
    ("reach him on (617) 736-5001 x22", "(617) 736-5001 x22"),
    ("617.736.5001", "617.736.5001"),
    ("617-736-5001 ext. 9", "617-736-5001 ext. 9"),
    ("(555) 123-4567", "(555) 123-4567"),
    ("617/736-5001", "617/736-5001"),
    ("(617)736-5001", "(617)736-5001"),
    ("(617) 7365001", "(617) 7365001"),
    ("1-617-736-5001", "1-617-736-5001"),
    ("+1 617 736 5001", "+1 617 736 5001"),
    ("+16177365001", "+16177365001"),
    ("001-617-736-5001 x9159", "001-617-736-5001 x9159"),
    ("Emergency contact: Ida Roe (sister) 6177365001", "6177365001"),
    ("Ph# 6177365001x978", "6177365001x978"),
    ("cell 736-5001", "736-5001"),
    ("called from 736-5001", "736-5001"),
    ("my neighbor drove her in, left 736-5001", "736-5001"),
    ("mother (Ida Roe, 736-5001) at bedside", "736-5001"),
    ("+44 20 7946 0018", "+44 20 7946 0018"),
    ("+49 (0)30 1234567", "+49 (0)30 1234567"),
    ("011 44 161 736 5001", "011 44 161 736 5001"),
    ("Mobile: 0490 39 07 81", "0490 39 07 81"),
    ("They're not answering at 78 651 450", "78 651 450"),
    ("stop receiving messages to 0688 872 49 99", "0688 872 49 99"),
    ("my registered 024 971 50 30", "024 971 50 30"),
    ("WhatsApp 91 98123 45678", "91 98123 45678"),
    ("28-64-66-98 office", "28-64-66-98"),
    ("(37) 788-063-Office", "(37) 788-063"),
    ("pager 73412", "73412"),
    ("bleep 2210", "2210"),
    ("call ext 4432", "4432"),
    ("extension 44321", "44321"),
    ("home/cell 617-736-5001/617-736-5002", "617-736-5002"),
    ("home/cell 617-736-5001/617-736-5002", "617-736-5001"),
    ("617.736.5001/617.736.5002", "617.736.5002"),
    ("(617) 736-5001/(617) 736-5002", "(617) 736-5002"),
    ("call 617-736-5001-617-736-5002", "617-736-5001"),
    ("call 617-736-5001-617-736-5002", "617-736-5002"),
    ("tel 6177365001/6177365002", "6177365001"),
    ("tel 6177365001/6177365002", "6177365002"),
    ("617-736-5001/736-5002", "736-5002"),
    ("(617) 736-5001 or 736-5002", "736-5002"),
    ("Ph: 617/736/5001", "617/736/5001"),
    ("phone (0)20 7946 1882", "(0)20 7946 1882"),
    ("Tél. 06 12 34 88 71", "06 12 34 88 71"),
    ("call 617-736-CARE", "617-736-CARE"),
    ("call 1-888-ROE-CARE", "1-888-ROE-CARE"),
    ("Call x4482 with questions", "x4482"),
    ("Vocera 4-4482", "4-4482"),
    ("ext. 5-1182", "5-1182"),
]
MATCHES = [(text, value, "PHONE_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "250 500-UNIT vials",
    "phone consult with cardiology",
    "call if pain > 5 of 10",
    "BP 120/80 180/110",
    "412-300 cells, 412-3000 cells",
    "IV 500-1000 mL, 100-2000 IU",
    "codes 718-7 and 2345-7",
    "at home 2-3 times",
    "call 911 or 988",
    "ext. rotation 45; knee extension 110 degrees; extension 120°",
    "pager off",
    "500 250 1000 mg",
    "contacted in 2019-2020",
    "called on 03-14-2024",
    "T: 09/17/1958",
    "MRN 617-736-5001",
    "account 617-736-5001",
    "210-2004 and 345-2100",
    "called 219-09-9998",
    "12345-6789, 123456789",
    "dates 2024-03-14 2024-03-18",
    "600/300/1000 mg daily, 310/450/2100",
    "called x 2 times; contact isolation x14 days",
    "phone coaching: walks x1000 steps",
    "IL-10 345-ABCD; COSTS 227 DOLLARS; ZIP 878 RETAINED",
    "6177365001/6177365002",
    "1/617-736-5001",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_telephone_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("telephone", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("telephone", text) == set()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("(617) 555-0142", "reserved"),
        ("617-555-0199 x5", "reserved"),
        ("+1 617 555 0100", "reserved"),
        ("1-800-222-1222", "reserved"),
        ("(800) 222-1222", "reserved"),
        ("1-800-FDA-1088", "reserved"),
        ("1-800-MEDICARE", "reserved"),
        ("1-800-222-1223", "plausible"),
        ("617-555-0200", "plausible"),
        ("617-736-0142", "plausible"),
    ],
)
def test_only_555_01xx_and_help_lines_are_nobodys(value: str, expected: str) -> None:
    assert certainty("telephone", f"call {value}", value) == {expected}
