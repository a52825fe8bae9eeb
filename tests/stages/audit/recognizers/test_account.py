"""(J) Account numbers. Cards and accounts are the networks' and registries' own examples, or invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("paid by 4539 5787 6362 1486", "4539 5787 6362 1486"),
    ("4539578763621486", "4539578763621486"),
    ("amex 3782 822463 10005", "3782 822463 10005"),
    ("5555-5555-5555-4444", "5555-5555-5555-4444"),
    ("4539 5787 6362 1487 was declined", "4539 5787 6362 1487"),
    ("GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 32"),
    ("gb82west12345698765432", "gb82west12345698765432"),
    ("refund to gb82 west 1234 5698 7654 32 and no more", "gb82 west 1234 5698 7654 32"),
    ("SE35 5000 0000 0549 1000 0003 THEN", "SE35 5000 0000 0549 1000 0003"),
    ("DE89370400440532013000", "DE89370400440532013000"),
    ("account number 4480231177", "4480231177"),
    ("account #48213", "48213"),
    ("Acct: 48-2913-7", "48-2913-7"),
    ("acct 482913", "482913"),
    ("account_number: 482913", "482913"),
    ("bank account is 48291377", "48291377"),
    ("checking account ABC-482", "ABC-482"),
    ("Guarantor # 48213", "48213"),
    ("HAR # 48291377", "48291377"),
    ("invoice 48213-7", "48213-7"),
    ("billing no. 4829", "4829"),
    ("routing number 021000021", "021000021"),
    ("ABA 021000021", "021000021"),
    ("48291377 (account number)", "48291377"),
    ("credit card 180045984582340", "180045984582340"),
    ("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
    ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("0x52908400098527886E0F7030069857D2E4169EE7", "0x52908400098527886E0F7030069857D2E4169EE7"),
]
MATCHES = [(text, value, "ACCOUNT_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "on account of 3 falls",
    "lot 4539578763621487",
    "SNOMED 4539578763621486",
    "takes into account 2019",
    "account for 1200 patients",
    "cue card 12",
    "GB82 WEST 1234 5698 7654 33",
    "routing 021000022",
    "billing code 99213, 15 minutes",
    "acct: pending",
    "rows 1200 1300 1400 1500 1600",
    "ABG 7.32 4500 2300",
    "0x1234",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    "visa expired in 2019",
    "invoice total 1500 dollars",
    "credit card declined twice",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_account_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("account", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("account", text) == set()
