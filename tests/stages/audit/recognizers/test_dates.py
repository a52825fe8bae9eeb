"""(C) Elements of dates finer than a year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stages.audit.recognizers.finding import found

BIRTHS = [
    ("DOB: 02/11/1949", "02/11/1949"),
    ("Born 11 Feb 1949", "11 Feb 1949"),
    ("D.O.B. is 2-11-49", "2-11-49"),
    ("date of birth: Feb. 11th, 1949", "Feb. 11th, 1949"),
    ("birthDate: 1949-02-11", "1949-02-11"),
    ("DOB 02111949", "02111949"),
    ("dob 021149", "021149"),
    ("(DOB 3/16, seen today)", "3/16"),
    ("| DOB: March 6th |", "March 6th"),
    ("born on the 11th of February 1949", "the 11th of February 1949"),
    ("birthday is 11/02", "11/02"),
    ("(b. 2/11/49)", "2/11/49"),
]
DATES = [
    ("note-2024-03-14", "2024-03-14"),
    ("admitted 2024-03-14T08:15:00Z", "2024-03-14T08:15:00Z"),
    ("at 2024-03-14 08:15:00.123 +01:00", "2024-03-14 08:15:00.123 +01:00"),
    ("TRIAGE 02/21/2024 12:21 by", "02/21/2024 12:21"),
    ("on 14.03.2024 at noon", "14.03.2024"),
    ("vom 14.03.24", "14.03.24"),
    ("seen 03.14.24", "03.14.24"),
    ("03 / 14 / 2024", "03 / 14 / 2024"),
    ("date 03 14 2024", "03 14 2024"),
    ("2024.03.14", "2024.03.14"),
    ("week 2024-W11-4", "2024-W11-4"),
    ("3/14/24-3/18/24", "3/18/24"),
    ("03-14-2024-03-18-2024", "03-14-2024-03-18-2024"),
    ("died 06-26-21 of cellulitis", "06-26-21"),
    ("3/14/'24", "3/14/'24"),
    ("on 3/14 with cough", "3/14"),
    ("d/c 3/14", "3/14"),
    ("LMP 02/14", "02/14"),
    ("LMP 02-14", "02-14"),
    ("x3 since 3/2", "3/2"),
    ("3/14-3/18", "3/14-3/18"),
    ("on 3/14, 3/16 and 3/18", "3/14, 3/16 and 3/18"),
    ("Mon 3/4", "3/4"),
    ("labs (3/5) normal", "3/5"),
    ("3/6: cultures grew", "3/6"),
    ("04/03\t135\t3.8", "04/03"),
    ("lkw 01/16 21:36", "01/16 21:36"),
    ("cancel my 7/7 appointment", "7/7"),
    ("started warfarin 3/1", "3/1"),
    ("transferred from Mobile AL 5/8", "5/8"),
    ("s/p CABG 4/2019", "4/2019"),
    ("since 04-2019", "04-2019"),
    ("2019-04", "2019-04"),
    ("date 2003-04", "2003-04"),
    ("collected: 20240314", "20240314"),
    ("20240314083000", "20240314083000"),
    ("20240314083000.123-0500", "20240314083000.123-0500"),
    ("created_at: 1710403200", "1710403200"),
    ("timestamp 1710403200000", "1710403200000"),
    ("on 14MAR2024", "14MAR2024"),
    ("14MAR24 0830", "14MAR24 0830"),
    ("seen 14MAR", "14MAR"),
    ("140830ZMAR24", "140830ZMAR24"),
    ("on Mar-14-2024", "Mar-14-2024"),
    ("2024-Mar-14", "2024-Mar-14"),
    ("14.III.2024", "14.III.2024"),
    ("March 14th, 2024", "March 14th, 2024"),
    ("MARCH 14TH, 2024", "MARCH 14TH, 2024"),
    ("march 14, 2024", "march 14, 2024"),
    ("jun 15", "jun 15"),
    ("Jul 12th", "Jul 12th"),
    ("by may 5", "may 5"),
    ("March 3-9", "March 3-9"),
    ("between March 3 and 9", "March 3 and 9"),
    ("12-14 March 2024", "12-14 March 2024"),
    ("the 5th of March", "the 5th of March"),
    ("14 Mar 24", "14 Mar 24"),
    ("since June 2021", "June 2021"),
    ("Mar. '21", "Mar. '21"),
    ("Jan-Mar 2024", "Jan-Mar 2024"),
    ("August of two thousand eight", "August of two thousand eight"),
    ("January tenth two thousand nine", "January tenth two thousand nine"),
    ("the fifth of March", "fifth of March"),
    ("the Fourth of July", "Fourth of July"),
    ("Christmas 2023", "Christmas 2023"),
    ("on New Year's Eve 2019", "New Year's Eve 2019"),
]
ELEMENTS = [
    ("seen Tuesday", "Tuesday"),
    ("flew on friday morning", "friday"),
    ("on Tues", "Tues"),
    ("Tuesday, March 14", "Tuesday"),
    ("since last March", "March"),
    ("the July surgery", "July"),
    ("pain on the 14th, then none", "14th"),
    ("fell on Christmas Day", "Christmas Day"),
]
MATCHES = [
    *((text, value, "DATE_OF_BIRTH") for text, value in BIRTHS),
    *((text, value, "DATE") for text, value in DATES),
    *((text, value, "MONTH_OR_WEEKDAY") for text, value in ELEMENTS),
]
NEAR_MISSES = [
    "answers of gpt-4.1-mini-2025-04-14 and o3-2025-04-16",
    "BP 120/80, strength 5/5, 1/2 tablet, 3/10 pain.",
    "Strength 3/5 in the left arm, improved from 3/5 to 4/5.",
    "pain decreased from 7/10 to 3/10",
    "5/5 bilaterally, reflexes 2/4, 2/6 systolic murmur",
    "2/6-3/6 systolic murmur",
    "blood cultures 2/4 bottles positive",
    "GCS 8/15, MMSE 12/30, MoCA today 10/30",
    "53% (10/19) and 37% (7/19)",
    "7/13 (54%) of patients",
    "received 2/3 doses",
    "1 1/2 packs, 3/4 cup, 1/4 inch",
    "day 6/14 of antibiotics",
    "VA OD 20/25, IOP 11/18",
    "24/7 care, 50/50 chance, 10/325 mg",
    "Known since 2019. In 2021 the dose was halved.",
    "2019-2021, 2003-04",
    "She may 5 times a day; you may march on.",
    "may first need an MRI",
    "POD 2, hospital day 3, week 12 of 24.",
    "Ratio 4.5.1 of guideline 2.3; range 1.2-3.4, 3.5-5.0.",
    "version 1.2.2024, section 10.12.14",
    "12-14 weeks, 10-12-14 mg, T12-L1, C5-6, G2P1",
    "1/2000 dilution, 5-2000 units",
    "MAR 5 mg given; see MAR",
    "SEPT9 gene, MARCH5 protein, DEC1 expression, Oct4",
    "sat 98%, sun exposure, wed last year",
    "every Monday; Monday through Friday; Tuesday, Thursday and Saturday",
    "Friday's restaurant; saturday nights",
    "RSV season runs October through March",
    "May flowers and April showers",
    "on the 5th floor, the 2nd toe",
    "Q1 2024, spring 2021, last month, POD 2",
    "SNOMED 20240314, 20240314 cells",
    "ICD E11.9, 8140/3, 32/64",
    "13/13/2024, 31/31, 2024-13-45",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_date_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("dates", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("dates", text) == set()


SHAPES = (
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%B %d, %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b. %d %Y",
    "%d%b%Y",
    "%m-%d-%Y",
)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2059, 12, 31)), st.sampled_from(SHAPES))
def test_every_day_is_found_in_every_common_form(day: dt.date, shape: str) -> None:
    value = day.strftime(shape)
    assert ("DATE", value) in found("dates", f"He came, {value}, and left.")


@given(st.integers(1800, 2099))
def test_a_year_alone_may_stay(year: int) -> None:
    assert found("dates", f"diagnosed in {year}; since {year} without change") == set()
