"""How much of what identifies people this very audit finds: the auditor audits itself.

Canaries measure how far the rules cover our own ways to write an identifier, in this data's own style:
letter case, sentence ends, line breaks, lists, keys. They say nothing of forms that nobody thought of.
The challenge set measures the same rules on cases that somebody wrote without seeing them; it is the
same for all data, so it says nothing of this data's style. Neither holds a real clinical note.
"""

from clinft.stages.audit.sensitivity.challenge import challenge_cases, challenge_sha256
from clinft.stages.audit.sensitivity.counts import Counts, tally
from clinft.stages.audit.sensitivity.plant import plant
from clinft.stages.audit.sensitivity.planted import Donor, Planted, Span
from clinft.stages.audit.sensitivity.rating import sensitivities

__all__ = [
    "Counts",
    "Donor",
    "Planted",
    "Span",
    "challenge_cases",
    "challenge_sha256",
    "plant",
    "sensitivities",
    "tally",
]
