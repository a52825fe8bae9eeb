"""(R) Codes derived from an identifier. Hashes are of the word `password` or of nothing."""

import pytest

from tests.stages.audit.recognizers.finding import found

MD5 = "5f4dcc3b5aa765d61d8327deb882cf99"
SHA256 = "5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8"
CODES = [
    (f"mrn hash {MD5}", MD5),
    (f"patient hash: {MD5}", MD5),
    (f"hashed_mrn={MD5}", MD5),
    (f"SSN (sha256) {SHA256}", SHA256),
    (f"sha-256 of the MRN: {SHA256}", SHA256),
    (f"name hash is {MD5}", MD5),
    (f"md5 of her name = {MD5}", MD5),
    ("identity: XrY7u+Ae7tCTyyK7j1rNww==", "XrY7u+Ae7tCTyyK7j1rNww=="),
    ("patient code SMI1949", "SMI1949"),
    ("code: SMI1949", "SMI1949"),
    ("coded as KOW-1962", "KOW-1962"),
    ("initials and birth year: ZK1962", "ZK1962"),
    ("pseudonym AB-0412", "AB-0412"),
    ("study code 101-0042", "101-0042"),
    ("patient key P-48213", "P-48213"),
    (f"Key {MD5}", MD5),
    ("linkage key 48213a", "48213a"),
]
PARTS = [
    ("MRN ending 1234", "1234"),
    ("card ending in 4242", "4242"),
    ("HSA card enidng 2175", "2175"),
    ("account ends in 0042", "0042"),
    ("Visa ending 4242", "4242"),
    ("member ID ends with 482", "482"),
    ("last four of MRN: 1234", "1234"),
    ("last 4 digits of his account are 0042", "0042"),
    ("first three of her licence 482", "482"),
    ("****1234", "****1234"),
    ("XXXX-XXXX-XXXX-4242", "XXXX-XXXX-XXXX-4242"),
    ("xxxx1234", "xxxx1234"),
]
MATCHES = [(text, value, "DERIVED_CODE") for text, value in CODES] + [
    (text, value, "TRUNCATED_NUMBER") for text, value in PARTS
]
NEAR_MISSES = [
    "sha256 " + "ab12" * 16,
    f"the file of this patient set, sha256 {SHA256}",
    f"name: model.bin, digest {SHA256}",
    f"commit {MD5[:40]}",
    "patient 4539578763621486",
    "policy ending 2019",
    "card ends in 120 days",
    "**2019** was bold",
    "***",
    "code blue at 0412",
    "code status changed in 2019",
    "key findings of 2019",
    "last 4 doses of 250 mg",
    "last three visits, 120/80",
    "name of the drug",
    "XXX chromosome, 47",
    "member of a group that ended in 2019",
    "first 100 patients",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_derived_code_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("derived", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("derived", text) == set()
