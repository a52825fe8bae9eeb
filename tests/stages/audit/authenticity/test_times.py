"""Full dates, stamps and times: which are seen in one text, and when many weigh."""

from datetime import date, timedelta

import pytest

from clinft.stages.audit.authenticity.times import times_in
from tests.stages.audit.authenticity.test_shapes import record, signs_of


@pytest.mark.parametrize(
    ("text", "different"),
    [
        ("on 2019-03-04 and 2019-03-05", 2),
        ("on 03/04/2019, again 03/04/2019", 1),
        ("March 4, 2019 and 5 Apr 2019 and 6th of May", 2),
        ("Sept. 9th, 2019 to 10-Dec-2019", 2),
        ("seen 3/4/19, 3/5/19", 2),
        ("born 4.3.1950", 1),
        ("2019/03/04", 1),
        ("1984 and 2019 and in 2020", 0),
        ("ratio 1/2/3, 120/80, 10/20/300, 45/99/12", 0),
        ("version 2.0.1 of 2019-2020", 0),
        ("id 20190304120000", 0),
        ("In May 2019", 0),
        ("", 0),
    ],
)
def test_different_full_dates(text: str, different: int) -> None:
    assert times_in(text).different == different


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Electronically signed by the author on 03/04/2019", True),
        ("ELECTRONICALLY SIGNED: X, 2019-03-04 10:00", True),
        ("Printed on 3/4/19, see 1/2", True),
        ("DD: 03/04/2019 DT: 03/05/2019", True),
        ("Page 2 of 5", True),
        ("Electronically signed.", False),
        ("We printed on paper.", False),
        ("Page two. ADD: 5 mg", False),
        ("Electronically signed." + " " * 200 + "2019-03-04", False),
    ],
)
def test_stamps(text: str, expected: bool) -> None:
    assert times_in(text).stamped is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-03-04T10:22:31Z", True),
        ("2019-03-04 10:22:00", False),
        ("2019-03-04", False),
        ("10:22:31", False),
    ],
)
def test_times_to_the_second(text: str, expected: bool) -> None:
    assert times_in(text).to_the_second is expected


def day(number: int) -> str:
    return (date(2015, 1, 1) + timedelta(days=number)).isoformat()


def chart(number: int) -> str:
    return f"Admitted {day(number)}, operated {day(number + 3)}, discharged {day(number + 9)}."


@pytest.mark.parametrize(
    ("dated", "other", "expected"), [(20, 80, True), (19, 0, False), (20, 90, False), (60, 0, True)]
)
def test_many_dates_in_many_records_decline(dated: int, other: int, expected: bool) -> None:
    rows = [record(chart(number * 7)) for number in range(dated)] + [record("Cough.")] * other
    assert signs_of(*rows).get("dense-dates") is not None if expected else not signs_of(*rows)


def test_the_same_dates_in_every_record_are_the_template() -> None:
    assert "dense-dates" not in signs_of(*[record(chart(1))] * 40)


def test_two_dates_in_a_record_are_not_many() -> None:
    assert not signs_of(*[record(f"From {day(number)} to {day(number + 50)}") for number in range(40)])


def test_a_folder_of_notes_is_many_records() -> None:
    rows = [
        (f"notes/{number}.txt", None, f"{event} {day(number * 11 + place)}")
        for number in range(20)
        for place, event in enumerate(("Admitted", "Operated", "Discharged"))
    ]
    sign = signs_of(*rows)["dense-dates"]
    assert (sign.declines, sign.count) == (True, 20)
    assert "dense-dates" not in signs_of(*rows[:57])


def test_one_note_to_a_line_is_many_records() -> None:
    rows = [("notes.txt", None, chart(number * 7)) for number in range(30)]
    assert signs_of(*rows)["dense-dates"].declines


def test_dates_of_a_moved_future_decline() -> None:
    rows = [record(f"On {year}-03-04.") for year in (2110, 2151, 2180)]
    assert signs_of(*rows)["shifted-dates"].declines
    assert not signs_of(*rows[:2])
    assert not signs_of(*[record("Follow up 2099-01-01.")] * 5)


def test_stamps_are_a_note_until_most_records_have_one() -> None:
    stamped = record("Electronically signed by the author on 03/04/2019")
    assert not signs_of(stamped)["export-stamps"].declines
    assert signs_of(*[stamped] * 20)["export-stamps"].declines


def test_times_to_the_second_are_noted() -> None:
    sign = signs_of(*[record("made 2019-03-04T10:22:31Z")] * 20)["timestamps"]
    assert not sign.declines
