"""Loading presidio-analyzer without what it can do without."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Presidio, spaCy and thinc try to import these and do without them; torch and transformers alone cost
# 3 to 5 seconds and 280 MB (measured 2026-11-24), and no recogniser that runs here uses them.
OPTIONAL = ("torch", "transformers", "stanza", "gliner", "tensorflow", "mxnet", "cupy")


@contextmanager
def absent(names: tuple[str, ...] = OPTIONAL) -> Iterator[None]:
    """Inside, importing one of `names` fails as if it were not installed, unless it is already loaded.

    A None in `sys.modules` is Python's documented way to say so. It is taken out again, so a later
    stage of the same process can import torch.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # typeshed does not know of None here
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
