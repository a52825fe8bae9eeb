"""When training ends before its last step, from the loss points alone: a resumed run decides the same."""

from collections.abc import Sequence

from clinft.artifacts.model import LossPoint

# Over these many points in a row the loss must have risen so far before a run is given up.
POINTS, TIMES, NATS = 2, 2.0, 1.0


def best(points: Sequence[LossPoint]) -> LossPoint | None:
    """The first of the lowest validation loss; not the one before the first step, which has no checkpoint."""
    return min(_validated(points), key=_validation_loss, default=None)


def waited_enough(points: Sequence[LossPoint], validations: int | None) -> bool:
    """Whether so many validations after the best one brought nothing lower; None: never."""
    lowest = best(points)
    if validations is None or lowest is None:
        return False
    return sum(point.step > lowest.step for point in _validated(points)) >= validations


def divergence(points: Sequence[LossPoint]) -> str | None:
    """What to say of a training loss that rose far above that of the first steps."""
    losses = [point.training_loss for point in points if point.training_loss is not None]
    if len(losses) <= POINTS or min(losses[-POINTS:]) <= max(TIMES * losses[0], losses[0] + NATS):
        return None
    step = points[-1].step
    return f"Training diverges: the loss rose from {losses[0]:.3g} to {losses[-1]:.3g} by step {step:,}."


def _validated(points: Sequence[LossPoint]) -> list[LossPoint]:
    return [point for point in points if point.step and point.validation_loss is not None]


def _validation_loss(point: LossPoint) -> float:
    assert point.validation_loss is not None
    return point.validation_loss
