"""Disguised identifiers in text: each is found where it stands, between the marks, as what it is.

All values are invented or nobody's.
"""

import pytest

from clinft.stages.audit.scan import finds_in

# Letter of the identifier, and a text with ⟦ ⟧ around it.
LOOK_ALIKES = [
    ("G", "\u0405\u0405N: ⟦219-09-9998⟧"),
    ("H", "\u041cRN: ⟦1234567⟧ on file"),
    ("A", "P\u0430ti\u0435nt n\u0430m\u0435: ⟦J\u0430n\u0435 R\u043e\u0435⟧"),
    ("A", "Patient name: ⟦\u0408\u0430n\u0435 R\u043e\u0435⟧"),
    ("G", "SSN ⟦2l9-O9-9998⟧"),
    ("G", "SSN ⟦219-\u041e9-9998⟧"),
    ("G", "SSN ⟦21\uff19-\uff109-999\uff18⟧"),
    ("F", "write to ⟦j\u0430n\u0435.r\u043e\u0435@stm\u0430rys.org⟧"),
    ("C", "D\u041e\u0412 ⟦02/11/1949⟧"),
    ("D", "call ⟦\uff16\uff11\uff17-\uff17\uff13\uff16-\uff15\uff10\uff10\uff11⟧"),
    (
        "D",
        "⟦\U0001d7d4\U0001d7cf\U0001d7d5-\U0001d7d5\U0001d7d1\U0001d7d4-\U0001d7d3\U0001d7ce\U0001d7ce\U0001d7cf⟧",
    ),
    ("D", "call ⟦\u2465\u2460\u2466-\u2466\u2462\u2465-\u2464\u24ea\u24ea\u2460⟧"),
    ("G", "⟦\u2777\u2776\u277e-\u24ff\u277e-\u277e\u277e\u277e\u277d⟧"),
    ("G", "⟦\u0662\u0661\u0669-\u0660\u0669-\u0669\u0669\u0669\u0668⟧"),
    ("G", "⟦\u0968\u0967\u096f-\u0966\u096f-\u096f\u096f\u096f\u096e⟧"),
    ("H", "\u1d0d\u0280\u0274: ⟦1234567⟧"),
    ("H", "\U0001d544\u211d\u2115: ⟦1234567⟧"),
    ("H", "\u039cR\u039d ⟦1234567⟧"),
    ("H", "\u13b7\u13d2N: ⟦1234567⟧"),
    ("A", "Patient name: ⟦\U0001d4a5\U0001d4b6\U0001d4c3\U0001d452 \U0001d445\U0001d45c\U0001d452⟧"),
    ("H", "\U0001f17c\U0001f181\U0001f17d ⟦1234567⟧"),
    ("C", "DOB: ⟦02\u221511\u22151949⟧"),
    ("G", "SSN ⟦219\u221209\u20119998⟧"),
    ("F", "⟦jane.roe\uff20stmarys\uff0eorg⟧"),
]

INVISIBLE = [
    ("G", "SSN ⟦2\u200b1\u200c9\u200d-09\u2060-9998⟧"),
    ("H", "MRN: ⟦123\xad45\xad67⟧"),
    ("H", "M\u200bR\u200bN: ⟦1234567⟧"),
    ("G", "SSN \u202a⟦219-09-9998⟧\u202c"),
    ("G", "⟦219\u202e-09-9998⟧"),
    ("D", "⟦617\u2066-736-\u20695001⟧"),
    ("F", "⟦jane.roe\ufeff@stmarys.org⟧"),
    (
        "G",
        "SSN ⟦\U000e0032\U000e0031\U000e0039\U000e002d\U000e0030\U000e0039\U000e002d\U000e0039\U000e0039\U000e0039\U000e0038⟧",
    ),
    ("D", "⟦6\ufe0f\u20e31\ufe0f\u20e37\ufe0f\u20e3-736-5001⟧"),
    ("G", "SSN ⟦219\u3164-09-9998⟧"),
    ("G", "SSN ⟦219\x08-09\x1f-9998⟧"),
]

MARKS = [
    ("G", "S\u0336S\u0336N\u0336 ⟦2\u03361\u03369\u0336-0\u03369\u0336-9\u03369\u03369\u03368⟧\u0336"),
    (
        "H",
        "M\u0353\u0301R\u0334\u0353N\u0334\u0353: ⟦1\u0335\u03532\u0335\u03533\u03354\u03355\u03356\u03357⟧\u0335",
    ),
    ("A", "Patient name: ⟦Jose\u0301 Mun\u0303oz⟧"),
    ("G", "⟦2\u0307\u03231\u03239\u0323-09-9998⟧"),
]

QUOTES = [
    ("H", "\u201cMRN\u201d: \u201c⟦1234567⟧\u201d"),
    ("G", "\u2018ssn\u2019 = \u2018⟦219-09-9998⟧\u2019"),
    ("A", "Patient\u2019s name: ⟦Jane Roe⟧"),
    ("D", "\xabphone\xbb: \xab⟦617-736-5001⟧\xbb"),
]

WORDS = [
    ("D", "call ⟦six one seven, seven three six, five oh oh one⟧"),
    ("D", "My number is ⟦six one seven seven three six five zero zero one⟧."),
    ("G", "social: ⟦two one nine, oh nine, nine nine nine eight⟧"),
    ("G", "SSN is ⟦two one nine zero nine nine nine nine eight⟧"),
    ("R", "⟦two-one-nine-oh-nine-nine-nine-nine-eight⟧ is the number"),
    ("H", "MRN ⟦one two three four five six eight⟧"),
    ("H", "MRN: ⟦double four, eight two, nine one, seven⟧"),
    ("D", "phone ⟦eight hundred five five five two one seven three⟧"),
    ("D", "cell is ⟦six seventeen seven thirty-six fifty oh one⟧"),
    ("E", "fax ⟦SIX ONE SEVEN SEVEN THREE SIX FIVE OH OH ONE⟧"),
    ("D", "⟦six one seven dash seven three six dash five zero zero one⟧"),
    ("D", "⟦617 dash 736 dash 5001⟧"),
    ("B", "zip code ⟦six two seven oh four⟧"),
    ("J", "account number ⟦four one one one two two three three⟧"),
    ("C", "DOB: ⟦zero two slash one one slash one nine four nine⟧"),
    ("C", "born ⟦February eleventh, nineteen forty-nine⟧"),
    ("C", "seen on the ⟦fourteenth of March⟧"),
    ("C", "DOB ⟦two eleven forty nine⟧"),
    ("G", "SSN last four ⟦nine nine nine eight⟧"),
    ("G", "SSN, last four: ⟦nine nine nine eight⟧"),
]

APART = [
    ("D", "⟦6 1 7 - 7 3 6 - 5 0 0 1⟧"),
    ("D", "⟦6.1.7.7.3.6.5.0.0.1⟧"),
    ("D", "⟦6_1_7_7_3_6_5_0_0_1⟧"),
    ("G", "SSN: ⟦2 1 9 0 9 9 9 9 8⟧"),
    ("G", "SSN ⟦2 1 9 - 0 9 - 9 9 9 8⟧"),
    ("G", "ssn ⟦219 - 09 - 9998⟧"),
    ("G", "⟦219_09_9998⟧"),
    ("G", "⟦219*09*9998⟧"),
    ("G", "SSN ⟦219/09/9998⟧"),
    ("G", "ssn ⟦219,09,9998⟧"),
    ("D", "⟦617_736_5001⟧"),
    ("D", "⟦617 / 736 / 5001⟧ phone"),
    ("D", "phone: ⟦617/736/5001⟧"),
    ("D", "⟦617~736~5001⟧"),
    ("D", "⟦617 . 736 . 5001⟧"),
    ("D", "( ⟦6 1 7 ) 7 3 6 - 5 0 0 1⟧"),
    ("H", "MRN: ⟦1 2 3 4 5 6 8⟧"),
    ("H", "MRN ⟦123 45 68⟧"),
    ("H", "MRN: ⟦12 34 56 78⟧"),
    ("H", "MRN_⟦1234567⟧"),
    ("C", "DOB ⟦0 2 / 1 1 / 1 9 4 9⟧"),
    ("C", "dob: ⟦0 2 1 1 1 9 4 9⟧"),
    ("J", "card ⟦5_1_0_5_1_0_5_1_0_5_1_0_5_1_0_0⟧"),
    ("J", "⟦4111_1111_1111_1111⟧"),
    ("J", "account ⟦4 4 8 2 9 1 7 0⟧"),
]

MISREAD = [
    ("G", "SSN ⟦2l9-O9-999B⟧"),
    ("D", "⟦(6l7) 736-5OO1⟧"),
    ("D", "⟦6I7-7\u04176-5001⟧"),
    ("D", "phone ⟦6l7.736.SOO1⟧"),
    ("C", "DOB: ⟦O2/1l/1949⟧"),
    ("C", "seen ⟦2O24-O3-14⟧"),
    ("H", "MRN: ⟦I2345678⟧"),
    ("H", "MRN ⟦12B4O67⟧"),
    ("B", "zip ⟦627O4⟧"),
    ("G", "ssn ⟦2l9O99998⟧"),
    ("J", "⟦41l1-1l11-11l1-1l11⟧"),
    ("R", "⟦6l77365OO1⟧"),
]

ADDRESSES = [
    ("F", "⟦jane.roe [at] stmarys [dot] org⟧"),
    ("F", "⟦jane.roe(at)stmarys.org⟧"),
    ("F", "⟦jane.roe at stmarys dot org⟧"),
    ("F", "⟦jane dot roe at stmarys dot org⟧"),
    ("F", "⟦jane_roe AT stmarys DOT org⟧"),
    ("F", "⟦jane.roe{at}stmarys{dot}org⟧"),
    ("F", "⟦jane.roe <at> stmarys.org⟧"),
    ("F", "⟦jane.roe@stmarys[.]org⟧"),
    ("F", "⟦jane.roe @ stmarys . org⟧"),
    ("F", "⟦jane.roe_at_stmarys_dot_org⟧"),
    ("F", "email ⟦jane underscore roe at gmail dot com⟧"),
    ("F", "e-mail: ⟦jane.roe77 at gmail⟧"),
    ("N", "⟦hxxps://portal.stmarys[.]org/p/8812⟧"),
    ("O", "from ⟦84[.]17[.]33[.]201⟧"),
    ("F", "mail ⟦jane.roe(at)stmarys(dot)org⟧"),
]
ROWS = [*LOOK_ALIKES, *INVISIBLE, *MARKS, *QUOTES, *WORDS, *APART, *MISREAD, *ADDRESSES]


def covered(text: str, start: int, end: int, letter: str) -> bool:
    """Finds of this letter, none of them INFO, reach from `start` to `end`."""
    finds = [
        find
        for find in finds_in(text, "")
        if find.start < end and start < find.end and find.weight.letter == letter
        if find.severity(settings=False) != "INFO"
    ]
    return bool(finds) and finds[0].start <= start and end <= finds[-1].end


@pytest.mark.parametrize(("letter", "marked"), ROWS)
def test_a_disguised_identifier_is_found_as_what_it_is(letter: str, marked: str) -> None:
    before, value, after = marked.replace("⟧", "⟦").split("⟦")
    assert covered(before + value + after, len(before), len(before) + len(value), letter)
