"""What is to be known of records before anyone trains on them. Pure, in memory that does not grow."""

from clinft.stages.prepare.analysis.analyse import analyse
from clinft.stages.prepare.analysis.lengths import CountTokens

__all__ = ["CountTokens", "analyse"]
