"""The verdict and its reasons, out of what was counted and measured. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from clinft.artifacts.audit import Authenticity, Sensitivity, Verdict
from clinft.artifacts.data import WRITTEN
from clinft.stages.audit.safe_harbor import CATEGORIES
from clinft.stages.audit.severity import BLOCKING

TITLES = {category.letter: category.title for category in CATEGORIES}
HIPAA_RISK = (
    "If these are records of real people, each copy in a repository, a pull request or a provider's storage "
    "is a disclosure under 45 CFR 164.502, and git keeps every version. Stop here: do not commit, push or "
    "send the data any further, tell your privacy officer today, and run `clinft incident` on the project "
    "if any of it has left this machine. If they are synthetic, make them without these marks, or audit "
    "what a clinft generator made."
)


def decide(
    by_severity: Mapping[str, int],
    sensitivity: Sequence[Sensitivity],
    floor: float,
    authenticity: Authenticity,
    brought: Mapping[str, str],
) -> tuple[Verdict, tuple[str, ...]]:
    """The gravest verdict, and every reason against PASS, also those of a milder one.

    `brought`: name → sha256 of the files that somebody brought, each of which needs a reviewed statement.
    """
    declined = tuple(_declined(authenticity, brought))
    invalid = tuple(_invalid(sensitivity, floor))
    failed = tuple(_failed(by_severity))
    verdict: Verdict = "DECLINED" if declined else "INVALID" if invalid else "FAIL" if failed else "PASS"
    return verdict, declined + invalid + failed


def _declined(authenticity: Authenticity, brought: Mapping[str, str]) -> Iterator[str]:
    provenance = authenticity.provenance
    signs = [sign for sign in authenticity.signs if sign.declines]
    for sign in signs:
        first = sign.places[0] if sign.places else None
        place = f", first in {first.file}, row {first.row}" if first else ""
        times = f"{sign.count} time" + ("" if sign.count == 1 else "s")
        yield f"The data looks real: {sign.kind}, {times}{place}. {sign.meaning}"
    if provenance.regenerated == "different":
        yield (
            "The records are not the ones that the generator makes from this seed, so nobody can tell where "
            "they come from. Run `clinft prepare` again; if they differ again, find out who changed them."
        )
    # What a model wrote from generated facts is checked against them whenever it is prepared: clinft vouches.
    if provenance.origin == "frozen" and provenance.generator != WRITTEN:
        reviewed = {
            given.file_sha256
            for given in provenance.statements
            if given.author.lower() != given.reviewer.lower()
        }
        for name, sha256 in sorted(brought.items()):
            if sha256 not in reviewed:
                yield (
                    f"Nobody has vouched for {name}: synthetic/statements.yaml has no statement about a file "
                    f"with sha256 {sha256[:12]}... that somebody other than its author has reviewed. Write "
                    "how the file was made, and let somebody of the role privacy review it."
                )
    if signs or provenance.regenerated == "different":
        yield HIPAA_RISK


def _invalid(sensitivity: Sequence[Sensitivity], floor: float) -> Iterator[str]:
    below = [row for row in sensitivity if row.status == "below_floor"]
    if below:
        classes = ", ".join(f"{row.identifier} ({TITLES[row.identifier]})" for row in below)
        yield (
            f"The audit finds too few planted identifiers of {classes}: a lower bound of the 95 % interval "
            f"is under {floor:g}. What it did not find therefore says little. Write the data in a form that "
            "the rules read, or add your own patterns to `audit.patterns` in .github/clinft.yml."
        )
    unmeasured = [row.identifier for row in sensitivity if row.challenge is None]
    if unmeasured:
        yield (
            f"The challenge set has no case of {', '.join(unmeasured)}, so the audit cannot know itself. "
            "clinft is not installed whole: install it again from the protected branch."
        )


def _failed(by_severity: Mapping[str, int]) -> Iterator[str]:
    counts = [f"{by_severity[name]} {name}" for name in BLOCKING if by_severity.get(name)]
    if counts:
        yield (
            f"There are findings that block: {' and '.join(counts)}. Look at each place, and remove or "
            "replace what stands there: the remedies say how, and `clinft audit --fix` writes a "
            "de-identified copy to review."
        )
