"""vLLM in place of transformers: a program in an environment of its own, run for one evaluation."""
