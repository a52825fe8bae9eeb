"""Prepare: synthetic clinical records, written from facts, split by scenario, note style and diagnosis."""
