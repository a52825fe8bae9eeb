"""The recommended prompt: proposed beside the project's other work, adopted only when a person says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clinft import run_folder
from clinft.artifacts.prompt_assessment import PromptAssessment
from clinft.pipeline import assessment
from clinft.pipeline.context import Context
from clinft.spec.load import PROMPT_NAME
from clinft.stages.assess import guardrails, proposal

PROPOSAL = "prompt.proposed.md"


@dataclass(frozen=True)
class Proposed:
    """`difference`: as `diff -u` shows it, empty where the committed prompt is the recommended one."""

    path: Path
    text: str
    difference: str
    sections: tuple[str, ...]


def propose(context: Context, payload: PromptAssessment) -> Proposed:
    """Leaves the text in data/work/. Nobody is asked again for it."""
    text = assessment.proposal_of(context, payload)
    path = context.paths.work / PROPOSAL
    run_folder.write_atomically(path, text.encode())
    prompt = context.loaded.prompt
    present = (context.paths.root / PROMPT_NAME).read_text(encoding="utf-8")
    same = proposal.written(prompt) == text
    difference = "" if same else proposal.difference(present, text)
    return Proposed(path, text, difference, guardrails.lacking(prompt.system))


def adopt(context: Context, proposed: Proposed) -> Iterator[str]:
    """Whole or not at all; says what follows from it."""
    run_folder.write_atomically(context.paths.root / PROMPT_NAME, proposed.text.encode())
    yield f"wrote {context.paths.root / PROMPT_NAME}"
    if proposed.sections:
        titles = ", ".join(guardrails.SECTIONS[name].title for name in proposed.sections)
        yield f"It adds what the prompt lacked: {titles}. Read it before you commit it."
    yield (
        "The training plan changed: it is made of the prompt. Records and splits stay as they are. The "
        "assessment is of the earlier prompt: run `clinft assess` again."
    )
