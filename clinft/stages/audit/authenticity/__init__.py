"""Is this synthetic? Signs of a real source, repeated records, and how rare each record is."""

from clinft.stages.audit.authenticity.evidence import Evidence

__all__ = ["Evidence"]
