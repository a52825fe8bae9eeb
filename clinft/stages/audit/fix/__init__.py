"""A de-identified copy of a file, for a person to review: never in place, never taken for safe by itself."""

from clinft.stages.audit.fix.copy import FixSummary, write_copy

__all__ = ["FixSummary", "write_copy"]
