"""Made amounts, codes, versions, variants and stages: nobody's identifier."""

from detector.draw import Draw
from detector.words import words


def quantity(draw: Draw) -> str:
    number = draw.one(
        (
            str(draw.between(1, 20)),
            str(draw.between(10, 999)),
            f"{draw.below(20)}.{draw.digits(1)}",
            f"0.{draw.digits(2)}",
            f"{draw.between(1, 9)}-{draw.between(10, 20)}",
            f"{draw.between(1, 9)},{draw.digits(3)}",
            f"1/{draw.between(2, 8)}",
            f"{draw.between(1, 6)} x {draw.between(1, 9)}",
            f"<{draw.between(1, 9)}",
            f">{draw.between(10, 99)}",
            f"~{draw.between(2, 40)}",
            f"+{draw.between(1, 9)}",
        )
    )
    return number + draw.one((" ", " ", "")) + draw.one(words("clinical", "units"))


def interval(draw: Draw) -> str:
    low = draw.between(0, 150)
    high = low + draw.between(1, 300)
    return draw.one(
        (f"{low}-{high}", f"{low} - {high}", f"{low}.0-{high}.0", f"<{high}", f">= {low}", f"({low}-{high})")
    )


def electrolytes(draw: Draw) -> str:
    sodium, potassium, chloride = (
        draw.between(122, 152),
        f"{draw.between(2, 6)}.{draw.digits(1)}",
        draw.between(88, 115),
    )
    bicarbonate, urea, creatinine = (
        draw.between(10, 38),
        draw.between(5, 90),
        f"{draw.below(7)}.{draw.digits(1)}",
    )
    sugar = draw.between(48, 480)
    return draw.one(
        (
            f"{sodium}/{potassium}/{chloride}/{bicarbonate}/{urea}/{creatinine}<{sugar}",
            f"{sodium}|{chloride}|{urea}/ {sugar}\n{potassium}|{bicarbonate}|{creatinine}\\",
            f"Na {sodium} K {potassium} Cl {chloride} HCO3 {bicarbonate} BUN {urea}"
            f" Cr {creatinine} Glu {sugar}",
            f"Na{sodium}, K{potassium}, Cl{chloride}, CO2 {bicarbonate}, BUN/Cr {urea}/{creatinine}",
            f"Na {sodium}, K {potassium}, Cr {creatinine}",
            f"Sodium {sodium} Potassium {potassium} Chloride {chloride} Bicarb {bicarbonate}",
        )
    )


def icd_code(draw: Draw) -> str:
    return f"{draw.one('ABCDEFGHIJKLMNRSTZ')}{draw.digits(2)}" + draw.one(
        (
            "",
            "." + draw.digits(1),
            "." + draw.digits(2),
            "." + draw.digits(3),
            f".{draw.digits(2)}XA",
            f".{draw.digits(1)}X1",
        )
    )


def part_number(draw: Draw) -> str:
    n, letters = draw.digits, draw.letters
    return draw.one(
        (
            f"{letters(2)}-{n(4)}",
            f"{letters(3)}{n(3)}",
            f"{n(2)}-{n(4)}-{n(2)}",
            f"{letters(1)}{n(3)}{letters(1)}",
            f"{letters(2)} {n(3)}",
            f"P/N {n(6)}",
            f"{n(3)}.{n(3)}",
            f"{letters(2)}{n(2)}{letters(2)}",
        )
    )


def version(draw: Draw) -> str:
    n = draw.below
    return draw.one(
        (
            f"v{n(20)}.{n(10)}",
            f"{n(9)}.{n(30)}.{n(10)}",
            f"version {n(12)}",
            f"v{n(9)}.{n(9)}.{n(9)}-rc{n(4)}",
            f"build {draw.digits(4)}",
        )
    )


def variant(draw: Draw) -> str:
    base, other = draw.one("ACGT"), draw.one("ACGT")
    acid = (
        "Ala",
        "Arg",
        "Asn",
        "Asp",
        "Cys",
        "Gln",
        "Glu",
        "Gly",
        "His",
        "Leu",
        "Lys",
        "Met",
        "Phe",
        "Pro",
        "Ser",
        "Val",
    )
    at = draw.between(10, 2999)
    return draw.one(
        (
            f"c.{at}{base}>{other}",
            f"c.{at}del{base}",
            f"c.{at}_{at + 3}dup",
            f"c.{at}+1G>A",
            f"p.{draw.one(acid)}{at}{draw.one(acid)}",
            f"p.{draw.one(acid)}{at}*",
            f"p.({draw.one(acid)}{at}fs)",
            f"{draw.letters(1)}{at}{draw.letters(1)}",
            f"exon {draw.between(1, 40)} deletion",
            f"{draw.between(1, 22)}q{draw.between(11, 34)} del",
            f"del({draw.between(1, 22)}p)",
            f"t({draw.between(1, 10)};{draw.between(11, 22)})",
            f"NM_{draw.digits(6)}.{draw.between(1, 6)}:c.{at}{base}>{other}",
            f"chr{draw.between(1, 22)}:g.{draw.digits(7)}{base}>{other}",
        )
    )


def stage(draw: Draw) -> str:
    t, n, m = (
        draw.one(("1", "1a", "2", "2b", "3", "4", "is", "x")),
        draw.one(("0", "1", "2a", "x", "0(i-)")),
        draw.below(2),
    )
    return draw.one(
        (
            f"pT{t}N{n}",
            f"T{t}N{n}M{m}",
            f"cT{t} N{n} M{m}",
            f"ypT{t} ypN{n} Mx",
            f"pT{t}, pN{n}",
            f"Stage {draw.one(('I', 'IA', 'IB2', 'II', 'IIB', 'III', 'IIIC', 'IV', 'IVB', '0'))}",
            f"stage {draw.one(('1A', '2', '3b', '4'))}",
            f"G{draw.between(1, 3)}, R{draw.below(2)}, L{draw.below(2)}, V{draw.below(2)}",
        )
    )


def gestation(draw: Draw) -> str:
    weeks, days = draw.between(5, 41), draw.below(7)
    return draw.one(
        (
            f"{weeks}w{days}d",
            f"{weeks}{draw.one((' ', '+'))}{days}/7 weeks",
            f"{weeks} weeks",
            f"{weeks}.{days} wks",
            f"{weeks}+{days}",
        )
    )


def grid(draw: Draw) -> str:
    n, letters = draw.digits, draw.letters
    return draw.one(
        (
            f"{letters(1)}{n(1)}",
            f"{letters(2)} {n(3)} {n(3)}",
            f"{letters(1)}-{n(2)}",
            f"{letters(1)}{n(2)}",
            f"{n(2)}{letters(1)}",
        )
    )
