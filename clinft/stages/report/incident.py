"""`incident/RECORD.md`: the first page of an incident, for people to complete and keep."""

from collections.abc import Iterator

from clinft.artifacts.incident import Incident
from clinft.stages.report.markdown import bullets, code, document, escape, numbered, table

FACTORS = (
    "Nature and extent of the data, and how likely people can be identified from them",
    "Who received or could read them",
    "Whether they were really acquired or viewed",
    "How far the risk has been mitigated",
)


def incident_page(incident: Incident) -> str:
    held = incident.quarantine
    return document(
        (
            f"# Incident: real patient data may lie in {code(incident.project)}",
            f"Noticed on {held.discovered}, in quarantine since {held.since}. Every verb of clinft refuses "
            "this project, on every machine that has this commit; only `clinft rollback` still works. Write "
            "no patient's data into this record, not even as an example.",
            *_first(incident),
            *_purge(incident),
            *_told(incident),
            *_clock(incident),
            *_complete(),
        )
    )


def _first(incident: Incident) -> Iterator[str]:
    yield "## Now"
    yield numbered(
        (
            "Commit this record and QUARANTINE.yaml on a branch of the protected branch, without the data, "
            "and open a pull request: from its merge on nothing trains on this project.",
            "Tell the privacy officer and the security official today; they decide what follows.",
            "Stop what is running: cancel its workflow runs, and the jobs at providers that the list names.",
            "Keep evidence before you delete: which commits, which files, who could read the repository. "
            "Paths and digests, never the content.",
            "Work through the list below. Until the history is rewritten the data are still in it.",
        )
    )


def _purge(incident: Incident) -> Iterator[str]:
    yield "## Purge list"
    yield "What clinft may have put somewhere. Add what people copied by other ways."
    yield table(
        ("Place", "How it is emptied", "Known", "Done by, on"),
        [(escape(one.place), escape(one.how), code(one.known), "") for one in incident.held],
    )


def _told(incident: Incident) -> Iterator[str]:
    yield "## Who may have received something"
    if not incident.told:
        yield "missing: project.yaml could not be read, so nobody can be named from it"
        return
    yield table(
        ("To", "What", "When", "Region", "BAA signed"),
        [
            (
                escape(one.to),
                escape(one.what),
                escape(one.when),
                escape(one.region),
                escape(one.baa_signed) or "none known",
            )
            for one in incident.told
        ],
    )


def _clock(incident: Incident) -> Iterator[str]:
    yield "## The HIPAA clock"
    yield (
        f"Counted from {incident.quarantine.discovered}. A breach counts as discovered on the first day on "
        "which it is known, or would have been with reasonable diligence (45 CFR 164.404(a)(2)): an earlier "
        "day moves every date. State law and contracts may be shorter. This is no legal advice."
    )
    yield table(
        ("What", "Cited", "By"),
        [(escape(one.what), escape(one.citation), escape(one.by)) for one in incident.clock],
    )


def _complete() -> Iterator[str]:
    yield "## To be completed by people"
    yield bullets(f"{factor}:" for factor in FACTORS)
    yield table(
        ("Question", "Answer"),
        [
            (name, "")
            for name in (
                "Number of people affected",
                "Is it a breach? Reasons",
                "Notices sent, to whom, on",
                "Root cause, and what prevents it from now on",
                "Privacy officer, date",
            )
        ],
    )
