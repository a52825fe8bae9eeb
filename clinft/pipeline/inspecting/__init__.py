"""`clinft inspect`: one item of a run with its text and its answers, for the terminal and nothing else."""
