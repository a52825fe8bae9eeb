"""What every source with a client of others shares: its import, and its failures in three sentences.

These clients choose redirects, proxies and sizes themselves; what they return is checked like any
other answer.
"""

import importlib
from collections.abc import Callable
from typing import Any, TypeVar

from clinft.adapters.literature.access import Access, Pace
from clinft.errors import ClinftError, MissingExtra, ServiceError

EXTRA = "literature"
TRIES = 3
Answer = TypeVar("Answer")


def imported(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtra(EXTRA, f"Asking {name}") from None


def called(name: str, access: Access, pace: Pace, call: Callable[[], Answer], tries: int = TRIES) -> Answer:
    """Again after a pause where it fails: these clients do not say whether that can help.

    `tries`: 1 for a client that tries again by itself.
    """
    for taken in range(tries):
        pace.wait()
        try:
            return call()
        except ClinftError:
            raise
        except Exception as error:  # each client has its own errors, requests', httpx's and the parser's
            kind = type(error).__name__
            if taken < tries - 1:
                access.sleep(2.0 ** (taken + 1))
    raise ServiceError(
        f"{name} did not answer what it was asked ({kind}).",
        "There is no network here, the service is down, or it limits those who have no key.",
        "Call again later, or leave this source out.",
    )
