"""Intervals and tests on proportions, pairs and resamples; standard library only, each with its source."""
