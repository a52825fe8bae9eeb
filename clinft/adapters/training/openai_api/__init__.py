"""OpenAI's fine-tuning API as OpenAI, Azure and compatible services speak it: one idea per module."""
