"""Regress: is the candidate worse than the baseline on the same items?"""
