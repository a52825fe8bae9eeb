"""(C) Dates finer than a year, ages over 89 and birth years that show one."""

from clinft.stages.audit.sensitivity.canaries.form import Form, Maker
from clinft.stages.audit.sensitivity.draw import Draw

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT = tuple(month[:3] for month in MONTHS)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAYS = ("Christmas Day", "Thanksgiving", "New Year's Eve", "the Fourth of July", "Halloween")
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
AGES_IN_WORDS = (
    "ninety-one",
    "ninety-two",
    "ninety four",
    "ninety-six",
    "ninety-eight",
    "one hundred and two",
)


def written(pattern: str, first: int = 2008, last: int = 2024) -> Maker:
    """`pattern` knows y, m, d (numbers), mon, month (names), th (1st, 2nd) and hh, mm, ss of the clock."""

    def make(draw: Draw) -> str:
        month, day = draw.between(1, 12), draw.between(1, 28)
        year = draw.between(first, last)
        return pattern.format(
            y=year,
            yy=year % 100,
            m=month,
            d=day,
            mon=SHORT[month - 1],
            month=MONTHS[month - 1],
            th=f"{day}{ORDINALS.get(day, 'th')}",
            hh=draw.between(0, 23),
            mm=draw.between(0, 59),
            ss=draw.between(0, 59),
        )

    return make


NUMBERS = (
    "{m:02}/{d:02}/{y}", "{m}/{d}/{y}", "{m}/{d}/{yy:02}", "{m:02}-{d:02}-{y}", "{m}-{d}-{yy:02}",
    "{y}-{m:02}-{d:02}", "{y}/{m:02}/{d:02}", "{d:02}.{m:02}.{y}", "{y}{m:02}{d:02}", "{m:02}.{d:02}.{yy:02}",
)  # fmt: skip
WORDS = (
    "{month} {d}, {y}", "{month} {th}, {y}", "{mon} {d}, {y}", "{mon}. {d} {y}", "{d} {month} {y}",
    "{d}-{mon}-{y}", "{d:02} {mon} {yy:02}", "{d:02}{mon}{y}", "the {th} of {month} {y}", "{month} {d} {y}",
)  # fmt: skip
CLOCKS = (
    "{y}-{m:02}-{d:02}T{hh:02}:{mm:02}:{ss:02}Z", "{y}-{m:02}-{d:02} {hh:02}:{mm:02}",
    "{m}/{d}/{yy:02} {hh:02}{mm:02}", "{y}{m:02}{d:02}{hh:02}{mm:02}", "{m:02}/{d:02}/{y} at {hh:02}:{mm:02}",
)  # fmt: skip
PARTS = (
    "{month} {d}", "{month} {th}", "{mon} {d}", "{d} {mon}", "the {th} of {month}", "{m}/{d}", "{month} {y}",
    "{mon} {y}", "{m:02}/{y}", "{y}-{m:02}",
)  # fmt: skip
AGE_SENTENCES = ("{} presents with a fall", "This is a {} from home", "{} with dementia", "Pt is a {}, frail")


FORMS = (
    Form(
        (
            "Admitted on {}",
            "Seen in clinic {}",
            "Surgery performed {}",
            "Last colonoscopy was {}",
            "Discharged {} in good condition",
            "Labs drawn on {} were normal",
            "D/C {}",
            "Date of service: {}",
            "Expired {} at home",
            "Follow up on {}",
        ),
        tuple(map(written, (*NUMBERS, *WORDS, *CLOCKS))),
        keys=("admission date", "date", "discharge date", "visit date", "created at"),
    ),
    Form(
        ("DOB: {}", "Born {}", "Date of birth {}", "dob {}", "D.O.B. {}", "Birthday is {}"),
        tuple(written(pattern, 1936, 2019) for pattern in (*NUMBERS, *WORDS)),
        keys=("dob", "date of birth", "birth date"),
    ),
    Form(
        (
            "Symptoms began on {}",
            "CT on {} showed no change",
            "Next visit {}",
            "Started warfarin {}",
            "Seen {} for the same complaint",
            "Fell on {}",
        ),
        tuple(map(written, PARTS)),
    ),
    Form(
        ("Seen on {}", "Returns {} for wound check", "Dialysis was missed on {}", "Pain started {} evening"),
        (
            lambda draw: draw.one(WEEKDAYS),
            lambda draw: f"{draw.one(WEEKDAYS)}, {written('{month} {d}')(draw)}",
        ),
    ),
    Form(
        ("Ill since {}", "Admitted on {}", "The fall happened on {}"),
        (lambda draw: draw.one(HOLIDAYS), lambda draw: f"{draw.one(HOLIDAYS)} {draw.between(2009, 2024)}"),
    ),
    Form(
        AGE_SENTENCES,
        tuple(
            lambda draw, tail=tail: f"{draw.between(90, 104)}{tail}"  # type: ignore[misc]  # bound in the loop
            for tail in (
                "-year-old",
                " year old",
                " y/o",
                " yo",
                "yo",
                " y.o.",
                "-yr-old",
                " years old",
                "F",
                "M",
            )
        ),
    ),
    Form(
        (
            "Age: {}",
            "Age {}",
            "aged {}",
            "She is {} and lives alone",
            "At age {} she still drives",
            "Pt age = {}",
        ),
        (lambda draw: str(draw.between(90, 104)), lambda draw: draw.one(AGES_IN_WORDS)),
        keys=("age", "patient age"),
    ),
    Form(
        ("{} years old, lives alone", "A {}-year-old woman", "Turned {} this year"),
        (lambda draw: draw.one(AGES_IN_WORDS),),
    ),
    Form(
        ("Born in {}", "Year of birth: {}", "Birth year {}", "b. {}", "YOB {}"),
        (lambda draw: str(draw.between(1921, 1933)),),
        keys=("birth year", "year of birth"),
    ),
)
