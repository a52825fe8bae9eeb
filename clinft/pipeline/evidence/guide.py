"""VERIFY.md: what an auditor holds, three ways to check it, and what that does not prove."""

from clinft.pipeline.evidence.layout import GUIDE, POLICY, SIGNATURE, STATEMENT, SUMS, WEIGHTS
from clinft.pipeline.evidence.statement import Facts
from clinft.stages.report.markdown import bullets, code, code_block, document, escape, table

# Of each step: what was found, in a few words. Paths into `found`.
TOLD = {
    "data": ("generator", "seed"),
    "audit": ("verdict",),
    "estimate": ("costUsdUpper", "withinBudget"),
    "approval": ("allowed", "mode"),
    "model": ("provider",),
    "evaluation": ("items", "thresholdsMet"),
    "verdict": ("status", "recommendation"),
}


def guide(made: Facts) -> bytes:
    """From the statement alone, so that whoever checks can make it again."""
    predicate = made["predicate"]
    run, folder = predicate["runId"], f"{predicate['project']}/runs/{predicate['runId']}"
    text = document(
        (
            f"# Evidence of {escape(predicate['project'])}, run {escape(run)}",
            f"The run {predicate['status']}. This folder is all that was committed of it: "
            f"{len(predicate['files']):,} files and nothing else. It holds no record of the data sets, no "
            "answer of a model and no weights; of those it holds digests.",
            "## The chain",
            table(
                ("Step", "File", "sha256", "Found"),
                (
                    (
                        step["step"],
                        code(step["artifact"]["name"].rpartition("/")[2]),
                        code(step["artifact"]["digest"]["sha256"][:16]),
                        _found(step),
                    )
                    for step in predicate["steps"]
                ),
            ),
            "Each file names its inputs by digest: the audit names the data, the approval names data, audit "
            "and estimate, the model names the approved plan and the audited training files, and so on. "
            f"{code(STATEMENT)} says the same as an in-toto Statement v1 with the digests of "
            "weights and evaluation as its subjects.",
            *_again(predicate),
            "## Check it, offline",
            "No file of this folder was changed, without any program of ours:",
            code_block(f"sha256sum --check --strict --quiet {SUMS}", "sh"),
            "Nothing was added, each step rests on the files that lie here, and what can be made again from "
            "the spec comes out byte for byte (records, formatted training files, audit):",
            code_block("clinft evidence --verify .", "sh"),
            _signature(),
            *_weights(made),
            "## What this does not prove",
            bullets(
                (
                    "Digests show that files belong together, not who wrote them. Without a checked "
                    "signature, compare with the repository: "
                    + code(f"git show <commit>:projects/{folder}/record.json")
                    + f" has the content digest {code(predicate['recordDigest'][:16])}.",
                    "What was measured is measured on synthetic records; nothing here shows how the model "
                    "does on patients.",
                    "Approvals on a laptop (mode local) are a word given there. On GitHub they are reviews, "
                    "which GitHub keeps.",
                    "A hosted model has no weights that anybody outside the provider could compare.",
                )
            ),
            "## Files",
            bullets(
                (
                    f"{code(folder + '/')}: the run as it lies in the repository",
                    f"{code(STATEMENT)}: the chain, for programs",
                    f"{code(POLICY)}: the policy that decided, where the repository still had it",
                    f"{code(SUMS)}: sha256 of every file but itself and {code(SIGNATURE)}",
                    f"{code(GUIDE)}: this page",
                )
            ),
            f"Packed by clinft {escape(predicate['packedBy']['version'])}.",
        )
    )
    return text.encode()


def _found(step: Facts) -> str:
    found = step.get("found", {})
    told = [(name, found[name]) for name in TOLD.get(step["step"], ()) if found.get(name) is not None]
    return ", ".join(f"{_words(name)} {escape(_said(value))}" for name, value in told)


def _words(name: str) -> str:
    """thresholdsMet → thresholds met"""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else str(value)


def _again(predicate: Facts) -> list[str]:
    verdicts = [
        f"{again['number']:02d}: {escape(str(step['found'].get('status')))}"
        for again in predicate["evaluatedAgain"]
        for step in again["steps"]
        if step["step"] == "verdict"
    ]
    if not verdicts:
        return []
    return ["Evaluated again later, each time with a record of its own:", bullets(verdicts)]


def _signature() -> str:
    return "\n\n".join(
        (
            f"Who packed it: where {code(SIGNATURE)} lies here, it is a signature of {code(SUMS)} by OpenSSF "
            "model-signing, and through it of every file. Get the public key, or the identity, from its "
            "owner, not from this folder. Where there is none, nobody has signed.",
            code_block(
                "clinft evidence --verify . --public-key KEY.pem\n"
                "# the same, without clinft:\n"
                f"model_signing verify key {SUMS} --signature {SIGNATURE} --public_key KEY.pem",
                "sh",
            ),
        )
    )


def _weights(made: Facts) -> list[str]:
    names = [subject["name"] for subject in made["subject"] if subject["name"].startswith("weights/")]
    if not names:
        return []
    return [
        "The weights that you hold are the evaluated ones. In the folder that holds "
        + ", ".join(code(name.removeprefix("weights/")) for name in names)
        + ":",
        code_block(f"sha256sum --check --strict path/to/{WEIGHTS}", "sh"),
    ]
