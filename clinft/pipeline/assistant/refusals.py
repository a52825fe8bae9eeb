"""The tool `explain_refusal`: a code of the gate, from the page that lists all of them."""

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from clinft.errors import SpecError
from clinft.pipeline.assistant.desk import DOCS, Desk
from clinft.spec.base import Strict

PAGE = f"{DOCS}/gate-codes.md"
ROW = re.compile(r"\| (CLINFT-G[0-9]{3}) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|")
MARKS = re.compile(r"`([^`]*)`")


class OfCode(Strict):
    code: Annotated[str, StringConstraints(pattern=r"^(CLINFT-)?G?[0-9]{1,3}$")] = Field(
        description="As the gate, the comment or the log says it, e.g. CLINFT-G006."
    )


class Explained(Strict):
    code: str
    meaning: str
    weighs: str = Field(
        description="refuses: approvals do not help; waits: people are missing; note: neither."
    )
    who_can_settle_it: str
    way_out: str
    page: str


def explain_refusal(desk: Desk, asked: OfCode) -> Explained:
    code = f"CLINFT-G{int(asked.code.rpartition('G')[2]):03d}"
    for row in ROW.finditer(desk.text(PAGE)):
        if row[1] == code:
            _, meaning, weighs, who, way_out = (MARKS.sub(r"\1", cell.strip()) for cell in row.groups())
            return Explained(
                code=code, meaning=meaning, weighs=weighs, who_can_settle_it=who, way_out=way_out, page=PAGE
            )
    raise SpecError(
        f"{code} is no code of the gate.",
        "It is mistyped, or this checkout is older than the clinft that said it.",
        f"{PAGE} lists all of them.",
    )
