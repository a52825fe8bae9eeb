"""The training of the detector reads ICD-10-CM from a package whose loading warns."""

import warnings

import pytest


@pytest.fixture(scope="session", autouse=True)
def _terminology() -> None:
    with warnings.catch_warnings():
        # The package reads its data by functions that importlib.resources has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import simple_icd_10_cm  # noqa: F401
