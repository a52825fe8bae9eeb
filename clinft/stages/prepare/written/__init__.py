"""Texts that a language model writes from a record's facts: what is asked, and did the facts survive?"""
