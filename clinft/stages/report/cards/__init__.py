"""Cards of a run: every document that is rendered from `facts.json` and from nothing else."""
