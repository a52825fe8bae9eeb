"""What a case of one condition is drawn from, worked out once: its ranges, and what fits beside it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from clinft.stages.prepare.clinical.load import Pack
from clinft.stages.prepare.clinical.pack import PackCondition, Study
from clinft.stages.prepare.clinical.rows import Measure, Medicine, Subsets, measure, medicines
from clinft.stages.prepare.clinical.tables import Common
from clinft.stages.prepare.pack import OLDEST, YOUNGEST, Range, Severity, Sex, VitalRanges

# Years since something that is over.
LEAST_AGO = 2
# Chapters and blocks of ICD-10-CM whose conditions one sex has: breast and genital organs, pregnancy.
OF_WOMEN = re.compile(r"O|N[78]|N9[0-8]|C5[1-8]|D2[5-8]")
OF_MEN = re.compile(r"N4|N50|N51|N52|N53|C6[0-3]|D29")
OLDEST_PREGNANT = 50
FEVER_TENTHS = 380
# Beside these, whatever else the patient has is coded in chapter 15 (Official Guidelines, I.C.15): its plain
# code would be wrong. Pregnancy, childbirth, and disorders of the mind in the puerperium.
OF_PREGNANCY = ("O", "F53")
# Common conditions that run in families, so that every pack has some: hypertension, type 2 diabetes, high
# cholesterol, migraine, glaucoma, osteoporosis, asthma, hypothyroidism.
IN_FAMILIES = ("I10", "E11.9", "E78.5", "G43.909", "H40.9", "M81.0", "J45.909", "E03.9")
# What a mimic's reason says of a lab -> the flags that agree with it.
SAID_OF_LABS = (
    (r"(?:raised|elevated|high|increased)", ("high", "critical high")),
    (r"(?:low|reduced|decreased)", ("low", "critical low")),
    (r"(?:normal|unremarkable)", ("normal",)),
)


@dataclass(frozen=True, slots=True)
class Other:
    """A condition that a history or a relative may have."""

    name: str
    code: str
    ages: Range
    sex: Sex | None
    medicines: tuple[Medicine, ...]
    not_with: tuple[str, ...] = ()

    def stands_beside(self, other: "Other") -> bool:
        """Two that have one code together, or are of one kind, are never both drawn."""
        return not (kin(self.code) == kin(other.code) or never_both(self, other))


@dataclass(frozen=True, slots=True)
class Excluded:
    """A near miss; `needs`: (name of a lab, flags) that its reason speaks of."""

    name: str
    code: str
    because: str
    sex: Sex | None
    oldest: int
    needs: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Fitting:
    """What fits one age and sex."""

    often: tuple[Other, ...]
    history: tuple[Other, ...]
    past: tuple[Other, ...]
    excluded: tuple[Excluded, ...]


@dataclass(frozen=True)
class Choices:
    condition: PackCondition
    findings: Subsets[str]
    red_flags: Subsets[str]
    denies: dict[Severity, Subsets[str]]
    vitals: dict[Severity, VitalRanges]
    labs: dict[tuple[Severity, Sex], Subsets[Measure]]
    normal_labs: dict[Sex, Subsets[Measure]]
    studies: Subsets[Study]
    imaging: tuple[Subsets[str], Subsets[str]]
    first_medicine: Medicine
    started: Subsets[Medicine]
    care: Subsets[str]
    family: tuple[Other, ...]
    anyone: Fitting
    _fitting: dict[tuple[int, Sex], Fitting] = field(default_factory=dict, repr=False)

    def fitting(self, age: int, sex: Sex) -> Fitting:
        found = self._fitting.get((age, sex))
        if found is None:
            found = self._fitting[age, sex] = _fitting(self.anyone, age, sex)
        return found


def choices(condition: PackCondition, pack: Pack) -> Choices:
    profile, sexes = pack.vitals[condition.vitals], _sexes(condition)
    vitals = {severity: getattr(profile, severity) for severity in condition.severity}
    history = tuple(_history(condition, pack))
    over = (one for one in pack.pack.conditions if one.onset in ("sudden", "acute"))
    return Choices(
        condition=condition,
        findings=Subsets(condition.findings),
        red_flags=Subsets(condition.red_flags),
        denies={
            severity: Subsets(_deniable(condition.denies, ranges)) for severity, ranges in vitals.items()
        },
        vitals=vitals,
        labs={
            (severity, sex): Subsets(
                [measure(pack.labs[slug], sex, of[severity]) for slug, of in condition.labs.items()]
            )
            for severity in condition.severity
            for sex in sexes
        },
        normal_labs={
            sex: Subsets([measure(pack.labs[slug], sex) for slug in condition.normal_labs]) for sex in sexes
        },
        studies=Subsets(condition.studies),
        imaging=(Subsets(condition.imaging.findings), Subsets(condition.imaging.normal)),
        first_medicine=medicines(condition.medications[:1], pack)[0],
        started=Subsets(medicines(condition.medications[1:], pack)),
        care=Subsets(condition.care),
        family=tuple(_family(condition, pack)),
        anyone=Fitting(
            often=tuple(other for other in history if other.code in condition.comorbid),
            history=tuple(other for other in history if other.code not in condition.comorbid),
            past=tuple(_of_pack(condition, pack, over)),
            excluded=tuple(_excluded(condition, pack)),
        ),
    )


def _fitting(anyone: Fitting, age: int, sex: Sex) -> Fitting:
    def those(others: tuple[Other, ...], age: int) -> tuple[Other, ...]:
        return tuple(one for one in others if one.sex in (None, sex) and one.ages[0] <= age <= one.ages[1])

    return Fitting(
        often=those(anyone.often, age),
        history=those(anyone.history, age),
        past=those(anyone.past, age - LEAST_AGO),
        excluded=tuple(one for one in anyone.excluded if one.sex in (None, sex) and age <= one.oldest),
    )


def kin(code: str) -> str:
    """Letter and first digit: E10 and E11, I21 and I25 are of a kind, and seldom stand beside each other."""
    return code[:2]


Coded = Other | Common | PackCondition


def never_both(one: Coded, other: Coded) -> bool:
    """Whether either says that the two codes never stand together."""
    return one.code.startswith(other.not_with) or other.code.startswith(one.not_with)


def sex_of(code: str) -> Sex | None:
    if OF_WOMEN.match(code):
        return "female"
    return "male" if OF_MEN.match(code) else None


def overlap(names: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a name of one stands, as whole words, within a name of the other."""
    folded, against = [name.casefold() for name in names], [name.casefold() for name in others]
    return any(
        short in long and re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long) is not None
        for one in folded
        for other in against
        for short, long in ((one, other), (other, one))
    )


def _sexes(condition: PackCondition) -> tuple[Sex, ...]:
    return ("female", "male") if condition.sex is None else (condition.sex,)


def _deniable(denies: tuple[str, ...], vitals: VitalRanges) -> tuple[str, ...]:
    """No note denies the fever that its temperature shows."""
    if vitals.temperature[1] < FEVER_TENTHS:
        return denies
    return tuple(phrase for phrase in denies if not re.search(r"\bfevers?\b", phrase, re.IGNORECASE))


def _taken(condition: PackCondition) -> tuple[str, ...]:
    """Names that a history must not bear: the condition's own, and those of what was ruled out."""
    own = (*condition.names, condition.history_name)
    return (*own, *(mimic.name for mimic in condition.mimics))


def _history(condition: PackCondition, pack: Pack) -> Iterator[Other]:
    """Common conditions, and those of the pack that last and are treated for long, none of its own kind."""
    if condition.gestation or condition.code.startswith(OF_PREGNANCY):
        return
    taken, mimics = _taken(condition), {mimic.code for mimic in condition.mimics}
    refused = {kin(condition.code)}
    given: set[str] = set()
    for common in pack.background:
        if common.code in {condition.code, *mimics} or overlap((common.name, *common.also), taken):
            continue
        if not _agrees(common, condition):
            continue
        if common.code in condition.comorbid or kin(common.code) not in refused:
            sex, taking = common.sex or sex_of(common.code), medicines(common.takes, pack)
            given.add(common.name.casefold())
            yield Other(common.name, common.code, common.ages, sex, taking, common.not_with)
    lasting = (
        one
        for one in pack.pack.conditions
        if one.long_term
        and one.onset in ("subacute", "chronic")
        and not (one.gestation or one.code.startswith(OF_PREGNANCY))
        and kin(one.code) not in refused
        and not never_both(one, condition)
        and one.history_name.casefold() not in given
    )
    yield from _of_pack(condition, pack, lasting)


def _agrees(common: Common, condition: PackCondition) -> bool:
    """Neither one code of both, nor a lab or a word that tells against it."""
    said = " ".join(condition.phrases).casefold()
    return not (
        never_both(common, condition)
        or set(common.changes) & {*condition.normal_labs, *condition.labs}
        or any(word.casefold() in said for word in common.contradicts)
    )


def _of_pack(condition: PackCondition, pack: Pack, others: Iterable[PackCondition]) -> Iterator[Other]:
    """Each name once. Nobody is too old for a condition that began earlier."""
    taken = _taken(condition)
    unlike = {condition.code, *(mimic.code for mimic in condition.mimics)}
    given: set[str] = set()
    for other in others:
        name = other.history_name
        if other.code in unlike or name in given or overlap((*other.names, name), taken):
            continue
        given.add(name)
        sex = other.sex or sex_of(other.code)
        ages, taking = (other.ages[0], OLDEST), medicines(other.long_term, pack)
        yield Other(name, other.code, ages, sex, taking, other.not_with)


def _family(condition: PackCondition, pack: Pack) -> Iterator[Other]:
    of_pack = list(_of_pack(condition, pack, (one for one in pack.pack.conditions if one.family)))
    yield from of_pack
    unlike = {condition.code, *(mimic.code for mimic in condition.mimics)}
    given = {other.name for other in of_pack}
    for common in pack.background:
        if common.code not in IN_FAMILIES or common.code in unlike or common.name in given:
            continue
        if not overlap((common.name, *common.also), _taken(condition)):
            yield Other(common.name, common.code, common.ages, common.sex, ())


def _excluded(condition: PackCondition, pack: Pack) -> Iterator[Excluded]:
    for mimic in condition.mimics:
        yield Excluded(
            name=mimic.name,
            code=mimic.code,
            because=mimic.against,
            sex=sex_of(mimic.code),
            oldest=OLDEST_PREGNANT if mimic.code.startswith("O") else OLDEST,
            needs=tuple(_needs(mimic.against, condition, pack)),
        )


def _needs(against: str, condition: PackCondition, pack: Pack) -> Iterator[tuple[str, tuple[str, ...]]]:
    for slug in (*condition.labs, *condition.normal_labs):
        lab = pack.labs[slug]
        names = "|".join(re.escape(name) for name in (lab.name, *lab.also))
        for said, flags in SAID_OF_LABS:
            if re.search(rf"\b{said} (?:serum |plasma )?(?:{names})(?!\w)", against, re.IGNORECASE):
                yield lab.name, flags


assert YOUNGEST < OLDEST_PREGNANT < OLDEST
