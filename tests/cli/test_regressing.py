"""`clinft regress` on two files: verdict, JSON, exit code, and what is refused by its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from clinft.cli.app import app

LABELS = ("yes", "no", "maybe")
N = 300


def write(folder: Path, name: str, wrong: set[int], **more: Any) -> Path:
    path = folder / name
    rows = []
    for number in range(N):
        target = LABELS[number % 3]
        said = LABELS[(number + 1) % 3] if number in wrong else target
        rows.append({"id": f"item-{number}", "target": target, "prediction": said, **more})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def call(*arguments: object) -> tuple[int, str, str]:
    found = CliRunner().invoke(app, ["regress", *map(str, arguments)])
    return found.exit_code, found.stdout, found.stderr


def compared(
    tmp_path: Path, wrong: set[int], *more: object, before: set[int] | None = None
) -> dict[str, Any]:
    old, new = write(tmp_path, "old.jsonl", before or set()), write(tmp_path, "new.jsonl", wrong)
    code, said, _ = call("--baseline", old, "--candidate", new, "--json", *more)
    found: dict[str, Any] = json.loads(said)
    assert code == {"PASS": 0, "WARN": 0, "FAIL": 1, "CRITICAL": 1, "INCOMPARABLE": 2}[found["verdict"]]
    return found


def test_the_same_answers_pass_and_say_what_that_leaves_open(tmp_path: Path) -> None:
    found = compared(tmp_path, {1, 2}, before={1, 2})
    assert found["verdict"] == "PASS"
    (metric,) = found["metrics"]
    assert (metric["metric"], metric["baseline"], metric["worse"], metric["better"]) == (
        "accuracy",
        298 / 300,
        0,
        0,
    )
    assert found["caveats"]
    assert len(found["protocol_sha256"]) == 64


def test_a_loss_fails_with_every_number_that_a_reader_needs(tmp_path: Path) -> None:
    found = compared(tmp_path, set(range(40)), before={0, 1, 100})
    assert found["verdict"] == "FAIL"
    (metric,) = found["metrics"]
    assert metric["difference"]["value"] == pytest.approx(-37 / 300)
    assert metric["difference"]["low"] < -37 / 300 < metric["difference"]["high"] < 0
    assert (metric["worse"], metric["better"]) == (38, 1)
    assert metric["p_value"] < 1e-6
    assert 0.02 < metric["minimum_detectable"] < 0.12
    assert metric["items_needed"] > 300


def test_a_few_more_errors_are_inconclusive_and_that_is_no_failure(tmp_path: Path) -> None:
    found = compared(tmp_path, {1, 2, 3, 4, 5}, before={10, 11, 12, 13})
    assert found["verdict"] == "WARN"
    assert "more cases needed" in found["reason"]


def test_a_wide_margin_that_was_asked_for_passes(tmp_path: Path) -> None:
    assert compared(tmp_path, {1, 2, 3, 4, 5}, "--margin", 0.1, before={10, 11, 12})["verdict"] == "PASS"


def test_several_metrics(tmp_path: Path) -> None:
    found = compared(tmp_path, set(range(40)), "--metric", "macro_f1", "--metric", "accuracy")
    assert [one["metric"] for one in found["metrics"]] == ["macro_f1", "accuracy"]
    assert {one["status"] for one in found["metrics"]} == {"FAIL"}


def test_a_listed_item_that_is_newly_missed_is_critical(tmp_path: Path) -> None:
    listed = tmp_path / "critical.txt"
    listed.write_text("# never to be missed\n\nitem-7\nmaybe\n")
    found = compared(tmp_path, {7}, "--critical", listed, "--margin", 0.5)
    assert found["verdict"] == "CRITICAL"
    assert [(one["item"], one["sentinel"]) for one in found["critical_flips"]] == [("item-7", True)]
    # A critical label alone: one flip is for a person to look at.
    found = compared(tmp_path, {8}, "--critical", listed, "--margin", 0.5)
    assert (found["verdict"], found["critical_flips"][0]["target"]) == ("WARN", "maybe")
    assert compared(tmp_path, {9}, "--critical", listed, "--margin", 0.5)["verdict"] == "PASS"


def test_critical_rows_say_so_themselves(tmp_path: Path) -> None:
    old, new = write(tmp_path, "a", set(), critical=True), write(tmp_path, "b", {1, 2, 3, 4}, critical=True)
    code, said, _ = call("--baseline", old, "--candidate", new, "--margin", 0.5, "--json")
    assert (code, json.loads(said)["verdict"]) == (1, "FAIL")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: rows[:-1], "Only one of the two runs holds an answer for 1 item"),
        (lambda rows: [{**rows[0], "target": "no"}, *rows[1:]], "text or target of 1 item"),
        (lambda rows: [{**rows[0], "cluster": "x"}, *rows[1:]], "text or target of 1 item"),
        (
            lambda rows: [{**row, "scored_by": "judge 2"} for row in rows],
            "Another version of the metric or judge",
        ),
    ],
)
def test_what_differs_is_not_compared(change: Any, reason: str, tmp_path: Path) -> None:
    old = write(tmp_path, "old.jsonl", set())
    rows = change([json.loads(line) for line in old.read_text().splitlines()])
    new = tmp_path / "new.jsonl"
    new.write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, said, _ = call("--baseline", old, "--candidate", new, "--json")
    found = json.loads(said)
    assert (code, found["verdict"], found["metrics"]) == (2, "INCOMPARABLE", [])
    assert reason in found["reason"]


def test_scores_alone_are_compared_by_their_mean(tmp_path: Path) -> None:
    for name, low in (("old", 0.9), ("new", 0.7)):
        rows = [{"id": n, "score": low + 0.0003 * n} for n in range(200)]
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    code, said, _ = call("--baseline", tmp_path / "old", "--candidate", tmp_path / "new", "--json")
    (metric,) = json.loads(said)["metrics"]
    assert (code, metric["metric"], metric["status"]) == (1, "score", "FAIL")
    assert metric["difference"]["value"] == pytest.approx(-0.2)
    assert metric["worse"] is None


def of_rows(
    tmp_path: Path, old: list[dict[str, Any]], new: list[dict[str, Any]], *more: str
) -> dict[str, Any]:
    for name, rows in (("old", old), ("new", new)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    _, said, _ = call("--baseline", tmp_path / "old", "--candidate", tmp_path / "new", "--json", *more)
    found: dict[str, Any] = json.loads(said)
    return found


def rows(texts: bool = False, wrong: bool = False, **more: Any) -> list[dict[str, Any]]:
    targets = [f"text number {n}" if texts else LABELS[n % 3] for n in range(N)]
    said = ["totally wrong" if texts else LABELS[(n + 1) % 3] for n in range(N)] if wrong else targets
    return [
        {"id": f"item-{n}", "target": target, "prediction": answer, **more}
        for n, (target, answer) in enumerate(zip(targets, said, strict=True))
    ]


def scores_alone(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": row["id"], "target": row["target"], "score": 1.0} for row in of]


@pytest.mark.parametrize("texts", [False, True])
def test_scores_of_one_file_are_not_compared_with_answers_of_the_other(texts: bool, tmp_path: Path) -> None:
    answered = rows(texts)
    for old, new, which in (
        (answered, scores_alone(answered), "candidate"),
        (scores_alone(answered), answered, "baseline"),
    ):
        found = of_rows(tmp_path, old, new)
        assert found["verdict"] == "INCOMPARABLE"
        assert f"The {which} has scores alone" in found["reason"]
    found = of_rows(tmp_path, answered, [*rows(texts, score=1.0)[:7], *answered[7:]])
    assert found["verdict"] == "INCOMPARABLE"
    assert "a score for 7 of its items" in found["reason"]


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("asked", [(), ("--metric", "score")])
def test_a_score_beside_a_wrong_prediction_does_not_hide_it(
    texts: bool, asked: tuple[str, ...], tmp_path: Path
) -> None:
    found = of_rows(tmp_path, rows(texts, score=1.0), rows(texts, wrong=True, score=1.0), *asked)
    assert found["verdict"] == "FAIL"
    assert {one["metric"]: one["status"] for one in found["metrics"]} == {"accuracy": "FAIL", "score": "PASS"}


def test_a_score_that_fell_fails_beside_right_predictions(tmp_path: Path) -> None:
    found = of_rows(tmp_path, rows(score=1.0), rows(score=0.5))
    assert {one["metric"]: one["status"] for one in found["metrics"]} == {"accuracy": "PASS", "score": "FAIL"}


def test_a_listed_name_is_never_dropped_or_taken_for_less(tmp_path: Path) -> None:
    """An id may begin with #, and may be a label too."""
    old = [{"id": f"#{n}", "target": str(n % 2), "prediction": str(n % 2)} for n in range(N)]
    new = [{**old[0], "prediction": "1"}, *old[1:]]
    listed = tmp_path / "critical.txt"
    listed.write_text("# a remark\n#0\n")
    found = of_rows(tmp_path, old, new, "--critical", str(listed), "--margin", "0.5")
    assert found["verdict"] == "CRITICAL"
    old, new = ([{**row, "id": row["id"][1:]} for row in side] for side in (old, new))
    listed.write_text("0\n")
    found = of_rows(tmp_path, old, new, "--critical", str(listed), "--margin", "0.5")
    assert found["verdict"] == "CRITICAL"
    assert [(one["item"], one["target"], one["sentinel"]) for one in found["critical_flips"]] == [
        ("0", "0", True)
    ]
    # As a label it counts too: another item of label 0.
    new = [*old[:2], {**old[2], "prediction": "1"}, *old[3:]]
    found = of_rows(tmp_path, old, new, "--critical", str(listed), "--margin", "0.5")
    assert [one["item"] for one in found["critical_flips"]] == ["2"]


def test_clusters_weaken_the_evidence(tmp_path: Path) -> None:
    """Sixteen losses in two clusters of eight are two coins, not sixteen."""
    found = []
    for clustered in (False, True):
        for name, wrong in (("old", set()), ("new", set(range(16)))):
            path = write(tmp_path, name, wrong)
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            kept = [
                {**row, "cluster": f"c{number // 8}"} if clustered else row for number, row in enumerate(rows)
            ]
            path.write_text("".join(json.dumps(row) + "\n" for row in kept))
        _, said, _ = call("--baseline", tmp_path / "old", "--candidate", tmp_path / "new", "--json")
        found.append(json.loads(said)["metrics"][0])
    alone, together = found
    assert (alone["status"], together["status"]) == ("FAIL", "WARN")
    assert together["p_value"] == pytest.approx(0.125)
    assert together["difference"]["low"] < alone["difference"]["low"]
    assert together["items_needed"] > 3 * alone["items_needed"]


def test_people_read_tables(tmp_path: Path) -> None:
    old, new = write(tmp_path, "a", set()), write(tmp_path, "b", set(range(40)), slice_sex="f")
    code, said, _ = call("--baseline", old, "--candidate", new)
    assert code == 1
    assert "**FAIL**" in said
    assert "| accuracy | 1.000 | 0.867 |" in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("projects/x", "--baseline", "a", "--candidate", "b"),
        ("projects/x", "--margin", "0.02"),
        ("--baseline", "a"),
        ("--candidate", "a"),
    ],
)
def test_a_project_or_two_files(arguments: tuple[str, ...]) -> None:
    code, _, said = call(*arguments)
    assert code == 2
    assert "Name a project's folder, or --baseline and --candidate" in said


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--margin", "2"), "--margin is a fraction"),
        (("--margin", "nan"), "--margin is a fraction"),
        (("--metric", "bleu"), "does not have"),
        (("--critical", "missing.txt"), "There is no list"),
    ],
)
def test_calls_that_make_no_sense(more: tuple[str, ...], message: str, tmp_path: Path) -> None:
    old = write(tmp_path, "a", set())
    code, _, said = call("--baseline", old, "--candidate", old, *more)
    assert code == 2
    assert message in said


def test_what_is_critical_must_be_there(tmp_path: Path) -> None:
    old, listed = write(tmp_path, "a", set()), tmp_path / "critical.txt"
    listed.write_text("maybe\nperhaps\n")
    code, _, said = call("--baseline", old, "--candidate", old, "--critical", listed)
    assert code == 2
    assert f"{listed}:2:1: neither a label nor the id of an item" in said
    listed.write_text("\n")
    assert "names nothing critical" in call("--baseline", old, "--candidate", old, "--critical", listed)[2]
    listed.write_bytes(b"\xff\xff")
    assert "is no text" in call("--baseline", old, "--candidate", old, "--critical", listed)[2]


def test_a_bad_row_is_named_by_its_place(tmp_path: Path) -> None:
    old, bad = write(tmp_path, "a", set()), tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1", "target": "yes"\n')
    code, _, said = call("--baseline", old, "--candidate", bad)
    assert code == 2
    assert f"{bad}:1:28: not JSON" in said


def test_what_the_list_names_is_critical_whatever_the_rows_say(tmp_path: Path) -> None:
    """A flag that some export wrote everywhere must not unsay what people listed."""
    (tmp_path / "critical.txt").write_text("no\n")
    lost = {number for number in range(90) if number % 3 == 1}
    old = write(tmp_path, "old.jsonl", set(), critical=False)
    new = write(tmp_path, "new.jsonl", lost, critical=False)

    code, said, _ = call(
        "--baseline", old, "--candidate", new, "--critical", tmp_path / "critical.txt", "--json"
    )

    assert (code, json.loads(said)["verdict"]) == (1, "FAIL")
    assert len(json.loads(said)["critical_flips"]) == len(lost)


def test_a_better_candidate_gets_no_caveat_about_losses(tmp_path: Path) -> None:
    found = compared(tmp_path, set(), before=set(range(60)))
    assert found["verdict"] == "PASS"
    assert not any("may be real" in caveat for caveat in found["caveats"])
