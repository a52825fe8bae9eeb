"""Propose: a run that may not be deployed in, what to change in its plan out. Pure; it decides nothing.

stage       the proposal: what stands out in the errors, the learning curve, a few changes and their cost
features    which known facts a record has, beside what its row says
groups      which of these facts go with more misses, with intervals and a correction for many looks
kinds       how answers are wrong: unreadable, invented, left out
volume      how many records, from the learning curve, within the budget
levers      which setting of project.yaml reaches which group
edit        a setting changed in the text of project.yaml, comments and layout kept
applying    the proposed changes in that text, and the rule that nothing else may change
"""
