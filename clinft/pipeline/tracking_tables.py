"""Where readers of a run's evidence looked before it moved to `tracking`."""

from clinft.pipeline.tracking.read import SLUG, Evidence, TrackedRun, read_run

__all__ = ["SLUG", "Evidence", "TrackedRun", "read_run"]
