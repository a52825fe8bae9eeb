"""ICD-10-CM codes against the installed release (simple-icd-10-cm: its version names the release)."""

import warnings
from functools import lru_cache
from typing import Any


def category(code: str) -> str:
    """Its three characters before the point."""
    return code.split(".", 1)[0]


@lru_cache(maxsize=100_000)
def exists(code: str) -> bool:
    return bool(_release().is_valid_item(code))


@lru_cache(maxsize=100_000)
def billable(code: str) -> bool:
    """A leaf of the release. ValueError for a code that does not exist."""
    return bool(_release().is_leaf(code))


@lru_cache(maxsize=1)
def _release() -> Any:
    """Read once, in some seconds."""
    with warnings.catch_warnings():
        # The package reads its data by functions that importlib.resources has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm

    return simple_icd_10_cm
