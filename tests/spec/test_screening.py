from itertools import pairwise

import pytest

from clinft.spec.screening import Screened, screen
from tests.processor import seconds_of

KEY, TOKEN, PRIVATE, PASSWORD = "an API key", "an access token", "a private key", "a password"
SSN, MRN, PLAN, BORN = (
    "a Social Security number",
    "a medical record number",
    "a health plan number",
    "a date of birth",
)
NAME, EMAIL, PHONE, CARD = "a patient's name", "an e-mail address", "a telephone number", "a card number"
BODY = "Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb7cD0"

# Text before the value, the value, text after it, kind. Built from parts: scanners read this file too.
MATCHES = [
    ("use ", "sk-" + BODY, " here", KEY),
    ("use ", "sk-proj-" + BODY, " here", KEY),
    ("use ", "sk-svcacct-" + BODY, "", KEY),
    ("", "sk-ant-api03-" + BODY, "\n", KEY),
    ("aws ", "AKIA" + "Q3EGWZ5XK7LM2NOP", "", KEY),
    ("maps: ", "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q", "", KEY),
    ("", "lsv2_pt_" + "0123456789abcdef" * 2 + "_0a1b2c3d4e", "", KEY),
    ("azure openai key: ", "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "", KEY),
    ("AccountKey=", "q1W2e3R4t5Y6u7I8o9P0" * 4 + "==", ";", KEY),
    ('api_key = "', "9fK2mQ7xLw3ZpT8vB4nR", '"', KEY),
    ("OPENAI_API_KEY: ", "9fK2mQ7xLw3ZpT8vB4nR", "", KEY),
    ("", "ghp_" + BODY, "", TOKEN),
    ("", "github_pat_" + "11ABCDE0a_" + BODY, "", TOKEN),
    ("", "glpat-" + BODY[:20], "", TOKEN),
    ("", "xoxb-" + "123456789012-abcdefGHIJKL", "", TOKEN),
    ("https://", "hooks.slack.com/services/T0AAAAAAA/B0BBBBBBB/c1D2e3F4", "", TOKEN),
    ("", "hf_" + BODY[:34], "", TOKEN),
    ("", "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl", "", TOKEN),
    ("Authorization: Bearer ", "q1W2e3R4t5Y6u7I8o9P0", "", TOKEN),
    ("token: ", "q1W2e3R4t5Y6u7I8o9P0", "", TOKEN),
    ("", "-----BEGIN " + "RSA PRIVATE KEY-----", "\nMII", PRIVATE),
    ("", "-----BEGIN " + "PRIVATE KEY-----", "", PRIVATE),
    ("postgres://svc:", "s3cret", "@db/x", PASSWORD),
    ("password: ", "Tr0ub4dor", "", PASSWORD),
    ("SSN ", "536-22-8726", ".", SSN),
    ("number ", "536 22 8726", "", SSN),
    ("ssn: ", "536228726", "", SSN),
    ("SSN ", "5\u00ad36\u201122\u20118726", "", SSN),  # soft hyphen, non-breaking hyphens
    ("SSN ", "５３６-２２-８７２６", "", SSN),
    ("MRN ", "00482913", ", seen", MRN),
    ("MRN#", "H-482913", "", MRN),
    ("medical record number is ", "4829137", "", MRN),
    ("patient id: ", "48291-37", "", MRN),
    ("member ID: ", "XQG482913771", "", PLAN),
    ("Medicare number ", "1EG4-TE5-MK73", "", PLAN),
    ("DOB ", "04/12/1961", "", BORN),
    ("DOB: ", "4/12/61", "", BORN),
    ("date of birth is ", "1961-04-12", "", BORN),
    ("born ", "April 12, 1961", " in", BORN),
    ("born on ", "12 April 1961", "", BORN),
    ("Patient name: ", "Marta Quandt", ", seen", NAME),
    ("mail ", "m.quandt@stmarys-clinic.org", ".", EMAIL),
    ("call ", "(617) 482-9137", "", PHONE),
    ("call ", "617-482-9137", ".", PHONE),
    ("call ", "+1 617 482 9137", "", PHONE),
    ("call ", "+49 30 901820", "", PHONE),
    ("phone: ", "6174829137", "", PHONE),
    ("card ", "4539 1488 0343 6467", "", CARD),
    ("card ", "371449635398431", "", CARD),
]


@pytest.mark.parametrize(("before", "value", "after", "kind"), MATCHES)
def test_a_credential_or_patient_value_is_found_at_its_place(
    before: str, value: str, after: str, kind: str
) -> None:
    text = before + value + after
    assert screen(text) == [Screened(len(before), len(before) + len(value), kind)]


NEAR_MISSES = [
    "sk-learn and sk-learn-compatible-estimators-everywhere",  # no digits: words
    "task-sk-classification",
    "AKIA",
    "api_key: ${{ secrets.OPENAI_API_KEY }}",
    "OPENAI_API_KEY=$OPENAI_API_KEY",
    "api_key: your-api-key-goes-here-1",
    "password: <from the vault>",
    "max_tokens: 2048",
    "tokenizer: HuggingFaceTB/SmolLM2-135M-Instruct",
    "base_model_revision: 12fd25f77366fa6b3b4b768ec3050bf629380bac",
    "sha256: " + "0123456789abcdef" * 4,
    "base_model: gpt-4.1-mini-2025-04-14",
    "-----BEGIN CERTIFICATE-----",
    "https://github.com/octo-org/clinft",
    "seed: 20261124",
    "SSN 000-22-8726",  # areas never issued
    "SSN 666-22-8726",
    "SSN 912-22-8726",
    "SSN 536-00-8726",
    "build 536-22-87261",
    "MRN is always removed",
    "medical record of 3 visits",
    "chart review of 1200 notes",
    "policy number of words: 12",
    "born in 1961",
    "birth weight 3200 g",
    "DOB is not generated",
    "as of 2026-11-24",
    "nurse@example.org, it@mail.example.com, a@ward.test",
    "git@github.com:octo-org/clinft.git",
    "@octo-org/clinical-ml",
    "617-555-0123 and (212) 555-0199",
    "learning_rate: 0.0002, r: 32, lora_alpha: 64",
    "BP 120/80, HR 88, SpO2 98%, 2 mg/mL, 10/10 pain, POD 2",
    "E11.9, I21.4, J44.1 and C34.90",
    "4539 1488 0343 6468",  # Luhn fails
    "1111 1111 1111 1111",
    "10.1000/182 and 3.14159265358979",
    "Ratio 1:2:3, grade 3/6, 1-2 tablets every 4-6 h, max 4000 mg per 24 h",
]  # fmt: skip


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_ordinary_spec_text_is_not_found(text: str) -> None:
    assert screen(text) == []


def test_finds_come_in_order_and_do_not_overlap() -> None:
    text = "MRN 4829137, call 617-482-9137, SSN 536-22-8726"
    found = screen(text)
    assert [item.kind for item in found] == [MRN, PHONE, SSN]
    assert all(left.end <= right.start for left, right in pairwise(found))


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "-", "sk-", "eyJ", "1-", "a.", "a@", " key: ", "+1 ", "BEGIN ", "password", "azure key "],
)
def test_hostile_repetition_takes_no_time(unit: str) -> None:
    text = unit * (256 * 1024 // len(unit))
    assert seconds_of(lambda: screen(text), enough=5) < 5
