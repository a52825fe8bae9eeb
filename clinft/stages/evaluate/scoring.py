"""The two ways in which an answer is read from a model, and the digest over the rows that come of it.

closed_labels: the label with the highest log-probability as the whole answer. generated_text: what the model
writes, greedily, read as task.kind reads it.
"""

import hashlib
from collections.abc import Iterable

from clinft.artifacts.results import ItemResult

CLOSED, GENERATED = "closed_labels", "generated_text"
SCORINGS = (CLOSED, GENERATED)


def items_sha256(items: Iterable[ItemResult]) -> str:
    digest = hashlib.sha256()
    for item in items:
        digest.update(item.model_dump_json().encode() + b"\n")
    return digest.hexdigest()
