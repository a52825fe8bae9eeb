"""Assess: is fine-tuning needed? A measured ladder of prompts, its verdict, and what either way costs."""
