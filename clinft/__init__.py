"""clinft: GitOps fine-tuning of language models on clinical tasks, with synthetic data only."""

__version__ = "0.1.0"
