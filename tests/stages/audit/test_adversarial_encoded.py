"""Identifiers in codes, markup, tables and broken lines: each is found where it stands, between the marks, as what it is.

All values are invented or nobody's.
"""

import base64
from collections.abc import Callable

import pytest

from clinft.stages.audit.scan import finds_in

# Letter of the identifier, and a text with ⟦ ⟧ around it.
ESCAPES = [
    ("G", "SSN%20⟦219%2D09%2D9998⟧"),
    ("H", "/p?name=Jane%20Roe&mrn=⟦1234567⟧"),
    ("A", "patient_name=⟦Jane+Roe⟧&dob=1949-02-11"),
    ("F", "⟦jane.roe%40stmarys.org⟧"),
    ("G", "SSN ⟦219&#45;09&#45;9998⟧"),
    ("G", "SSN ⟦&#x32;&#x31;&#x39;-09-9998⟧"),
    ("F", "⟦jane.roe&commat;stmarys.org⟧"),
    ("A", "Name:&nbsp;⟦Jane&nbsp;Roe⟧"),
    ("G", "SSN=3A ⟦219=2D09=2D9998⟧"),
    ("A", "Patient name: ⟦Jane=20Roe⟧"),
    ("G", "SSN ⟦219-0=\n9-9998⟧"),
    ("G", "SSN ⟦\\u0032\\u0031\\u0039-09-9998⟧"),
    ("G", "SSN ⟦\\x32\\x31\\x39-09-9998⟧"),
    ("G", "SSN ⟦\\ud835\\udfda19-09-9998⟧"),
    ("G", "SSN ⟦219\\-09\\-9998⟧"),
    ("G", "⟦%2532%2531%2539-09-9998⟧ is the SSN"),
    ("G", "SSN&amp;#58; ⟦219&amp;#45;09&amp;#45;9998⟧"),
]

KEYS_AND_TAGS = [
    ("H", '{"mrn": "⟦1234567⟧"}'),
    ("A", '{"patient": {"name": "⟦jane roe⟧"}}'),
    ("H", '{\\"mrn\\": \\"⟦1234567⟧\\"}'),
    ("G", '{\\\\\\"ssn\\\\\\": \\\\\\"⟦219099998⟧\\\\\\"}'),
    ("C", '{"birthDate":"⟦1949-02-11⟧","gender":"female"}'),
    ("A", '{"note": "{\\"patientName\\": \\"⟦jane roe⟧\\"}"}'),
    ("H", "{'mrn': '⟦1234567⟧'}"),
    ("A", "patient_name=⟦jane roe⟧;dob=1949-02-11"),
    ("A", "<patientName>⟦jane roe⟧</patientName>"),
    ("C", '<birthDate value="⟦1949-02-11⟧"/>'),
    ("H", "<mrn>⟦1234567⟧</mrn>"),
    ("G", '<b>⟦219</b>-<i>09</i>-<span class="x">9998⟧</span>'),
    ("G", "**⟦219**-**09**-**9998⟧**"),
    ("A", "**Name:** ⟦Jane Roe⟧"),
    ("G", "`⟦219`-`09`-`9998⟧`"),
]

TABLES = [
    ("H", "| MRN | DOB |\n|-----|-----|\n| ⟦1234567⟧ | 02/11/1949 |"),
    ("C", "| MRN | DOB |\n|-----|-----|\n| 1234567 | ⟦02/11/1949⟧ |"),
    ("H", "| Name | MRN |\n|---|---|\n| Roe, Jane | 1234567 |\n| Okafor Bela | ⟦7654321⟧ |"),
    ("A", "| Name | MRN |\n|---|---|\n| Roe, Jane | 1234567 |\n| ⟦Okafor Bela⟧ | 7654321 |"),
    ("G", "mrn,dob,ssn\n1234567,1949-02-11,⟦219099998⟧"),
    ("D", "Name;Phone\nJane Roe;⟦6177365001⟧"),
    ("G", "Name\tSSN\nJane Roe\t⟦219099998⟧"),
    ("H", "MRN       DOB         Zip\n⟦1234567⟧   02/11/1949  62704"),
    ("A", "first_name,last_name,mrn\n⟦zbigniew⟧,kowalczyk,1234567"),
    ("H", "MRN,⟦1234567⟧"),
    ("G", "SSN\t⟦219099998⟧"),
    ("I", '"Name","Member ID"\n"Roe, Jane","⟦ABC12345⟧"'),
    ("H", "<table><tr><th>MRN</th><th>DOB</th></tr><tr><td>⟦1234567⟧</td><td>02/11/1949</td></tr></table>"),
    ("D", "\u2502 MRN     \u2502 Phone      \u2502\n\u2502 1234567 \u2502 ⟦6177365001⟧ \u2502"),
]

LINES = [
    ("A", "Patient name\n⟦zbigniew kowalczyk⟧"),
    ("A", "Name:\n⟦Jane Roe⟧"),
    ("A", "Patient name:\n⟦zbigniew kowalczyk⟧"),
    ("H", "MRN\n⟦1234567⟧"),
    ("C", "Date of birth\n\n⟦02/11/1949⟧"),
    ("G", "SSN: ⟦219-09-\n9998⟧"),
    ("D", "call ⟦617-736\n-5001⟧"),
    ("H", "MRN: ⟦1234\n567⟧"),
    ("F", "⟦jane.roe@\nstmarys.org⟧"),
    ("F", "⟦jane.roe@stmarys.\norg⟧"),
    ("A", "Patient name: Jane ⟦Mont-\ngomery⟧"),
    ("B", "The patient has lived with her daughter for years at ⟦1428 Elm\nStreet⟧ and is well."),
    ("C", "She was seen by the team for follow-up of her asthma on ⟦March\n14, 2024⟧ and did well."),
    ("J", "Account number:\n\n⟦44829170⟧"),
]

OTHERS = [
    ("A", "⟦ROE, JANE⟧"),
    ("A", "⟦Roe, Jane A.⟧"),
    ("A", "Patient: ⟦ROE^JANE⟧^A"),
    ("G", "ssn_⟦219099998⟧"),
]
ROWS = [*ESCAPES, *KEYS_AND_TAGS, *TABLES, *LINES, *OTHERS]
PAYLOADS = [
    "MRN: 1234567 on file",
    '{"mrn": "1234567", "age": 54}',
    "Jane \u00d6zt\u00fcrk\u2019s MRN: 1234567???",
    "MRN\n1234567 and so on",
    "MRN one two three four five six eight",
]


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": base64_of,
    "base64 without padding": lambda text: base64_of(text).rstrip("="),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 twice": lambda text: base64_of(base64_of(text)),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64 in lines": lambda text: base64.encodebytes(text.encode() * 4).decode().rstrip(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal capitals": lambda text: text.encode().hex().upper(),
    "hexadecimal pairs": lambda text: text.encode().hex(" "),
    "base64 of hexadecimal": lambda text: base64_of(text.encode().hex()),
}


def covered(text: str, start: int, end: int, letter: str) -> bool:
    """Finds of this letter, none of them INFO, reach from `start` to `end`."""
    finds = [
        find
        for find in finds_in(text, "")
        if find.start < end and start < find.end and find.weight.letter == letter
        if find.severity(settings=False) != "INFO"
    ]
    return bool(finds) and finds[0].start <= start and end <= finds[-1].end


@pytest.mark.parametrize("text", PAYLOADS)
@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
def test_encoded_text_is_read_and_the_whole_payload_is_the_find(
    encode: Callable[[str], str], text: str
) -> None:
    payload = encode(text)
    finds = finds_in(f"attached: {payload} end", "")
    assert ("H", 10, 10 + len(payload)) in {(find.weight.letter, find.start, find.end) for find in finds}


def test_a_sentence_below_a_payload_does_not_hide_it() -> None:
    payload = base64_of("MRN: 1234567 on files")
    assert not payload.endswith("=")
    (find,) = finds_in(f"{payload}\nThe patient is well.", "")
    assert (find.weight.letter, find.start, find.end) == ("H", 0, len(payload))


@pytest.mark.parametrize(("letter", "marked"), ROWS)
def test_a_disguised_identifier_is_found_as_what_it_is(letter: str, marked: str) -> None:
    before, value, after = marked.replace("⟧", "⟦").split("⟦")
    assert covered(before + value + after, len(before), len(before) + len(value), letter)
