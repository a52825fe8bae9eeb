import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clinft.artifacts.canonical import canonical_json, digest_json
from clinft.artifacts.envelope import OUTSIDE_DIGEST, Artifact, digest_content
from clinft.spec.base import Strict


class Note(Strict):
    text: str
    value: float


def content(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "schema_version": 1,
        "stage": "prepare",
        "stage_version": 1,
        "project": "demo",
        "run_id": None,
        "inputs": {"spec": "a" * 64},
        "files": {},
        "payload": {"text": "x", "value": 0.1},
        "measured": {"seconds": 1.5},
        "created_at": "2026-01-01T00:00:00+00:00",
        "git_sha": None,
        "clinft_version": "0.1.0",
    }
    made.update(changes)
    return made


def sealed(**changes: Any) -> Artifact[Note]:
    data = content(**changes)
    return Artifact[Note].model_validate_json(json.dumps({**data, "digest": digest_content(data)}))


VARYING = {
    "run_id": "0123456789ab-a2",
    "measured": {"seconds": 9.0},
    "created_at": "2027-01-01T00:00:00+00:00",
    "git_sha": "b" * 40,
    "clinft_version": "9.9.9",
}


@pytest.mark.parametrize("key", sorted(VARYING))
def test_digest_ignores_what_differs_from_run_to_run(key: str) -> None:
    assert sealed(**{key: VARYING[key]}).digest == sealed().digest


def test_every_key_outside_the_digest_is_tested_above() -> None:
    assert set(VARYING) | {"digest"} == OUTSIDE_DIGEST


@pytest.mark.parametrize(
    "change",
    [
        {"stage_version": 2},
        {"project": "other"},
        {"inputs": {"spec": "b" * 64}},
        {"files": {"data/x": "c" * 64}},
        {"payload": {"text": "y", "value": 0.1}},
        {"payload": {"text": "x", "value": 0.10000000000000002}},
    ],
)
def test_digest_covers_everything_else(change: dict[str, Any]) -> None:
    assert sealed(**change).digest != sealed().digest


def test_a_changed_payload_is_refused_without_quoting_it() -> None:
    data = content()
    sealed_data = {**data, "digest": digest_content(data)}
    sealed_data["payload"] = {"text": "Jane Roe", "value": 0.1}
    with pytest.raises(ValidationError) as refused:
        Artifact[Note].model_validate_json(json.dumps(sealed_data))
    assert "digest does not belong" in str(refused.value)
    assert "Jane" not in str(refused.value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values)
def test_canonical_json_survives_a_round_trip_through_any_writer(value: Any) -> None:
    again = json.loads(json.dumps(value, indent=3, ensure_ascii=True))
    assert canonical_json(again) == canonical_json(value)


@given(st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), st.integers(-9, 9), min_size=2))
def test_digest_does_not_depend_on_key_order(value: dict[str, int]) -> None:
    assert digest_json(dict(reversed(value.items()))) == digest_json(value)
