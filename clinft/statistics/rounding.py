"""Bounds of intervals in three decimals: never rounded so that they look better than they are."""

import math


def low(bound: float) -> str:
    return f"{math.floor(round(bound * 1000, 6)) / 1000:.3f}"


def high(bound: float) -> str:
    return f"{math.ceil(round(bound * 1000, 6)) / 1000:.3f}"
