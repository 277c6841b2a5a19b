"""What eyes make of colours: contrast, and what is left of a difference when one kind of cone is missing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

Rgb = tuple[float, float, float]
"""Red, green and blue of linear light, from 0 to 1."""

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency
# (2009), at full severity; the matrices work on linear light.
BLINDNESS: Final = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

_TO_XYZ: Final = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE: Final = (0.95047, 1.0, 1.08883)


def linear(colour: str) -> Rgb:
    """Read `#rrggbb`."""
    values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Give the contrast of WCAG 2, from 1 to 21."""
    low, high = sorted(_dot(_TO_XYZ[1], linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen_with(blindness: str, colour: Rgb) -> Rgb:
    """Give the colour that somebody sees instead."""
    red, green, blue = (min(1.0, max(0.0, _dot(row, colour))) for row in BLINDNESS[blindness])
    return red, green, blue


def difference(one: Rgb, other: Rgb) -> float:
    """Give the distance in CIELAB (CIE 1976): 2.3 is just seen, some 20 is clear in small print."""
    first, second = _lab(one), _lab(other)
    return math.dist(first, second)


def _lab(colour: Rgb) -> Rgb:
    scaled = (_dot(row, colour) / white for row, white in zip(_TO_XYZ, _WHITE, strict=True))
    x, y, z = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _dot(row: Sequence[float], colour: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(row, colour, strict=True))
