"""What a machine is told that cannot do what the spec or the policy says."""

from importlib import metadata

import pytest

from clinft.adapters.training import methods
from clinft.adapters.training.methods import Seen
from clinft.errors import MissingExtra, SpecError


@pytest.fixture(params=[None, "12.8"], ids=["processor build", "no driver"])
def build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    found: str | None = request.param
    monkeypatch.setattr(methods, "seen", lambda: Seen(found, 0))
    return found


def told(build: str | None) -> str:
    return "build for processors" if build is None else "built for CUDA 12.8: the NVIDIA driver is missing"


def test_four_bits_without_a_card(build: str | None) -> None:
    with pytest.raises(SpecError, match=r"qlora needs a CUDA card, and none is seen") as caught:
        methods.check("qlora")
    assert told(build) in caught.value.cause
    assert "method: lora" in caught.value.next_step
    assert build is None or "nvidia-smi" in caught.value.next_step


def test_a_card_that_the_policy_promises_and_nobody_sees(build: str | None) -> None:
    with pytest.raises(SpecError, match=r"this runner has the card L40S, and none is seen") as caught:
        methods.check("lora", promised="L40S")
    assert told(build) in caught.value.cause
    assert "clinft.yml" in caught.value.next_step


def test_nothing_is_looked_for_that_nobody_promised(build: str | None) -> None:
    for method in ("lora", "dora", "full"):
        methods.check(method)


def test_a_card_that_is_seen_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "seen", lambda: Seen("12.8", 1))
    methods.check("lora", promised="H100")


def test_four_bits_without_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(methods, "seen", lambda: Seen("12.8", 1))
    monkeypatch.setattr(metadata, "version", absent)
    with pytest.raises(MissingExtra, match="qlora"):
        methods.check("qlora")


def test_this_machine_is_asked_without_a_warning() -> None:
    """Whatever it has: the tests make errors of warnings."""
    assert methods.seen().cards >= 0
