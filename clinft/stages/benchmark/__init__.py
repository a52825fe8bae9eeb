"""Benchmark: a public benchmark's items, measured with the same metrics and intervals as everything else."""
