"""The values of metrics equal those of scikit-learn, where it has them."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinft.artifacts.results import ItemResult
from clinft.metrics.metric import Question
from tests.fakes.metric_rows import CLOSED, FREE, GENERATED, LABELS, item, point

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sklearn import metrics as sk

answers = st.lists(
    st.tuples(
        st.sampled_from(LABELS),
        st.tuples(*[st.integers(1, 1000)] * 3).map(lambda raw: tuple(one / sum(raw) for one in raw)),
    ),
    min_size=2,
    max_size=30,
).filter(lambda drawn: len({target for target, _ in drawn}) > 1)


def of_drawn(drawn: list[tuple[str, tuple[float, ...]]]) -> list[ItemResult]:
    return [
        item(number, target, LABELS[said.index(max(said))], 1.0, probabilities=said)
        for number, (target, said) in enumerate(drawn)
    ]


@settings(max_examples=60, deadline=None)
@given(answers)
def test_values_equal_those_of_scikit_learn(drawn: list[tuple[str, tuple[float, ...]]]) -> None:
    items = of_drawn(drawn)
    targets, said = [one.target for one in items], [one.prediction for one in items]
    stated = np.array([one.probabilities for one in items])
    present = sorted(set(targets))
    averaged = {"y_true": targets, "y_pred": said, "zero_division": 0}
    wanted = {
        "accuracy": sk.accuracy_score(targets, said),
        "macro_f1": sk.f1_score(**averaged, average="macro", labels=present),
        "macro_precision": sk.precision_score(**averaged, average="macro", labels=present),
        "macro_recall": sk.recall_score(**averaged, average="macro", labels=present),
        "weighted_f1": sk.f1_score(**averaged, average="weighted", labels=present),
        "micro_f1": sk.f1_score(**averaged, average="micro"),
        "micro_precision": sk.precision_score(**averaged, average="micro"),
        "micro_recall": sk.recall_score(**averaged, average="micro"),
        "log_loss": sk.log_loss(targets, stated, labels=list(LABELS)),
        "brier": sk.brier_score_loss(targets, stated, labels=list(LABELS), scale_by_half=True),
        # One against the rest of each label that there is, as roc_auc_score does where all are there.
        "auroc": np.mean(
            [
                sk.roc_auc_score([one == label for one in targets], stated[:, LABELS.index(label)])
                for label in present
            ]
        ),
    }
    for name, expected in wanted.items():
        assert point(name, items, CLOSED) == pytest.approx(expected, abs=1e-9), name
    if len(present) == len(LABELS):
        whole = sk.roc_auc_score(targets, stated, multi_class="ovr", labels=list(LABELS))
        assert point("auroc", items, CLOSED) == pytest.approx(whole, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=40))
def test_of_two_labels_it_is_the_usual_area_and_score(drawn: list[tuple[bool, int]]) -> None:
    if len({yes for yes, _ in drawn}) < 2:
        return
    question = Question(("yes", "no"), (), "closed_labels", 0.95)
    items = [
        item(number, "yes" if yes else "no", "yes", 1.0, probabilities=(p / 20, 1 - p / 20))
        for number, (yes, p) in enumerate(drawn)
    ]
    truth, said = [yes for yes, _ in drawn], [p / 20 for _, p in drawn]
    assert point("auroc", items, question) == pytest.approx(sk.roc_auc_score(truth, said), abs=1e-9)
    assert point("brier", items, question) == pytest.approx(sk.brier_score_loss(truth, said), abs=1e-9)


def test_unreadable_answers_count_as_scikit_learn_counts_a_label_that_is_none_of_them() -> None:
    said = [one.prediction or "-" for one in FREE]
    targets = [one.target for one in FREE]
    for name, function in (("micro_f1", sk.f1_score), ("micro_precision", sk.precision_score)):
        wanted = function(targets, said, labels=list(LABELS), average="micro", zero_division=0)
        assert point(name, FREE, GENERATED) == pytest.approx(wanted, abs=1e-12)
