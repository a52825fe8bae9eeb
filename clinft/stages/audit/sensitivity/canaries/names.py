"""(A) Names of patients, of their relatives and of employers, from several cultures; none of a provider."""

from clinft.stages.audit.sensitivity.canaries.form import Form, Maker
from clinft.stages.audit.sensitivity.draw import Draw

# Given names and family names of one culture each.
CULTURES = tuple(
    (given.split(), family.split(","))
    for given, family in (
        ("Margaret Dennis Heather Walter Joyce Travis", "Whitcomb,Hollister,Prescott,Thornbury,Gaines"),
        ("María Guadalupe José Ximena Refugio Ignacio", "Delgado,Núñez,Villaseñor,Ortega Ruiz,Zamora"),
        ("Chukwuemeka Ngozi Ifeoma Adebayo Folasade", "Okonkwo,Adeyemi,Nwosu,Balogun,Eze"),
        ("Thanh Hoang Tuyet Duc Ngoc", "Nguyen,Tran,Pham,Huynh,Vo"),
        ("Xiuying Jianguo Meiling Haoran", "Zhang,Ouyang,Liang,Xu,Guo"),
        ("Rajesh Lakshmi Anand Sunita Harpreet", "Krishnamurthy,Patel,Bhattacharya,Gill,Iyer"),
        ("Fatima Khalid Yasmin Omar Layla", "Al-Hashimi,Haddad,El-Sayed,Mansour,Khoury"),
        ("Agnieszka Wojciech Katarzyna Bogdan", "Kowalczyk,Wiśniewska,Nowicki,Zielińska"),
        ("Siobhán Padraig Niamh Declan", "O'Sullivan,Mac Giolla,O'Donoghue,McGrath"),
        ("Annelies Joost Pieter Marijke", "van der Meer,de Vries,ten Brink,Hoekstra"),
        ("Dmitri Svetlana Olga Yevgeny", "Kuznetsov,Petrova,Shevchenko,Morozova"),
        ("Tamar Eliyahu Shira Avi", "Ben-David,Rosenfeld,Mizrahi,Katzenelson"),
    )
)
TRADES = ("Plumbing", "& Sons Roofing", "Logistics", "Auto Body", "Bakery", "Landscaping LLC")


def parts(draw: Draw) -> tuple[str, str]:
    given, family = draw.one(CULTURES)
    return draw.one(given), draw.one(family)


def full(draw: Draw) -> str:
    return " ".join(parts(draw))


def given_name(draw: Draw) -> str:
    return parts(draw)[0]


def family_name(draw: Draw) -> str:
    return parts(draw)[1]


def with_middle(draw: Draw) -> str:
    given, family = parts(draw)
    return f"{given} {draw.one('ABCDEFGHJKLMNPRSTW')}. {family}"


def reversed_order(draw: Draw) -> str:
    given, family = parts(draw)
    return f"{family}, {given}"


def capitals(draw: Draw) -> str:
    return reversed_order(draw).upper()


def titled(title: str) -> Maker:
    return lambda draw: f"{title} {family_name(draw)}"


def initials(draw: Draw) -> str:
    given, family = parts(draw)
    return f"{given[0]}.{family[0].upper()}."


def employer(draw: Draw) -> str:
    return f"{family_name(draw)} {draw.one(TRADES)}"


FORMS = (
    Form(
        (
            "Patient: {}",
            "Patient name: {}",
            "Name {}",
            "Pt: {}, seen in clinic",
            "Re: {}",
            "This letter concerns {}",
            "Chart of {}",
        ),
        (full, with_middle, reversed_order, capitals),
        keys=("patient name", "name", "full name", "patient"),
    ),
    Form(
        (
            "{} presented with chest pain",
            "{} was admitted overnight",
            "I saw {} in follow-up today",
            "Discussed the results with {} by phone",
            "{} tolerated the procedure well",
            "{} denies fever or chills",
        ),
        (full, with_middle, given_name),
    ),
    Form(
        (
            "{} reports feeling better",
            "We reviewed the scan with {}",
            "Thank you for referring {}",
            "{} is a retired teacher with COPD",
            "Dear {}, your results are back",
        ),
        tuple(map(titled, ("Mr.", "Mrs.", "Ms.", "Miss", "Mr", "Mrs"))),
    ),
    Form(
        (
            "Lives with his wife {}",
            "Her daughter {} was at the bedside",
            "Mother ({}) gives the history",
            "Son {} will drive her home",
            "Emergency contact: {} (sister)",
            "Next of kin {}",
            "Husband, {}, agrees with the plan",
            "Health care proxy is her niece {}",
        ),
        (full, given_name),
        keys=("emergency contact", "next of kin", "spouse name", "guardian"),
    ),
    Form(
        ("Patient initials: {}", "Pt {} was seen today", "Initials {}", "{} is a 54 y/o man with gout"),
        (initials,),
        keys=("initials", "patient initials"),
    ),
    Form(
        (
            "Works at {}",
            "Employer: {}",
            "Employed by {} as a driver",
            "Note for work sent to {}",
            "Retired from {} last year",
        ),
        (employer,),
        keys=("employer", "employer name"),
    ),
)
