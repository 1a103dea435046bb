"""Colours of the map: ramps of even steps in lightness (OKLCH), for both themes, safe for colour-blind eyes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Theme = Literal["light", "dark"]
Colour = tuple[int, int, int]
Oklch = tuple[float, float, float]

# Anchors from low to high: lightness, chroma, hue [degrees]. Lightness falls on light ground and rises on dark ground.
RAMPS: dict[Theme, dict[str, tuple[Oklch, ...]]] = {
    "light": {
        "sea": ((0.93, 0.035, 105), (0.80, 0.085, 165), (0.62, 0.105, 205), (0.44, 0.10, 245), (0.30, 0.09, 275)),
        "ember": ((0.94, 0.035, 95), (0.84, 0.095, 75), (0.68, 0.135, 45), (0.50, 0.145, 15), (0.33, 0.115, -10)),
        "sun": ((0.42, 0.085, 290), (0.55, 0.11, 330), (0.68, 0.125, 380), (0.80, 0.125, 425), (0.92, 0.12, 462)),
        "time": ((0.42, 0.07, 55), (0.58, 0.085, 70), (0.76, 0.05, 95), (0.76, 0.065, 195), (0.52, 0.10, 240)),
        "moss": ((0.94, 0.03, 110), (0.83, 0.085, 130), (0.67, 0.105, 150), (0.50, 0.09, 170), (0.34, 0.065, 200)),
    },
    "dark": {
        "sea": ((0.34, 0.07, 270), (0.45, 0.09, 248), (0.59, 0.095, 212), (0.75, 0.09, 172), (0.91, 0.075, 115)),
        "ember": ((0.36, 0.08, -15), (0.48, 0.12, 8), (0.62, 0.135, 35), (0.77, 0.115, 68), (0.92, 0.065, 95)),
        "sun": ((0.36, 0.08, 290), (0.49, 0.11, 325), (0.63, 0.125, 375), (0.77, 0.125, 420), (0.92, 0.11, 462)),
        "time": ((0.50, 0.07, 55), (0.62, 0.085, 70), (0.78, 0.045, 95), (0.74, 0.07, 195), (0.52, 0.10, 245)),
        "moss": ((0.35, 0.05, 200), (0.47, 0.08, 172), (0.61, 0.10, 152), (0.77, 0.09, 132), (0.92, 0.05, 112)),
    },
}

BASE: dict[Theme, dict[str, tuple[int, ...]]] = {
    "light": {
        "background": (226, 225, 220), "ground": (222, 220, 215), "parcel": (250, 249, 246),
        "parcel_line": (205, 202, 195), "road": (255, 255, 255), "road_minor": (252, 251, 249), "path": (248, 247, 244),
        "green": (219, 228, 205), "water": (197, 216, 226), "bare": (236, 229, 214), "paved": (240, 237, 231),
        "missing": (206, 204, 200), "plain": (226, 222, 214), "edge": (70, 66, 60, 46),
        "veil": (255, 255, 255, 36), "veil_line": (255, 255, 255, 130), "label": (84, 82, 78, 255),
        "halo": (250, 249, 246, 235),
    },
    "dark": {
        "background": (17, 20, 24), "ground": (29, 33, 39), "parcel": (32, 36, 42), "parcel_line": (58, 64, 72),
        "road": (52, 58, 66), "road_minor": (45, 50, 57), "path": (50, 53, 57), "green": (34, 48, 42),
        "water": (22, 38, 52), "bare": (46, 43, 38), "paved": (40, 43, 48), "missing": (86, 90, 96),
        "plain": (96, 102, 110), "edge": (255, 255, 255, 26),
        "veil": (12, 14, 17, 40), "veil_line": (12, 14, 17, 170), "label": (196, 201, 208, 255),
        "halo": (20, 23, 28, 230),
    },
}

MATERIAL: dict[Theme, dict[str, object]] = {
    "light": {"ambient": 0.42, "diffuse": 0.62, "shininess": 18, "specularColor": [36, 36, 36]},
    "dark": {"ambient": 0.38, "diffuse": 0.66, "shininess": 24, "specularColor": [40, 44, 50]},
}


# What is planned is drawn like something on tracing paper: paler, seen through, its edges drawn out.
PLANNED_SHARE = 0.85  # of a colour that is left over the ground
PLANNED_OPACITY = 130  # of 255
PLANNED_EDGE: dict[Theme, tuple[int, int, int, int]] = {"light": (48, 46, 44, 110), "dark": (255, 255, 255, 100)}

LINEAR_END = 0.0031308  # below it the curve of sRGB is a straight line


def ramp_colours(name: str, number: int, theme: Theme) -> list[Colour]:
    """Return `number` colours of a ramp, from low to high; an unknown name gives the first ramp."""
    anchors = RAMPS[theme].get(name, RAMPS[theme]["sea"])
    if number == 1:
        return [srgb(anchors[len(anchors) // 2])]
    return [srgb(_between(anchors, step / (number - 1))) for step in range(number)]


def pale(colour: Sequence[int], theme: Theme) -> list[int]:
    """Return the colour of something planned: mixed with that of the ground, and translucent."""
    ground = BASE[theme]["ground"]
    mixed = [round(own * PLANNED_SHARE + under * (1 - PLANNED_SHARE))
             for own, under in zip(colour[:3], ground, strict=True)]
    return [*mixed, PLANNED_OPACITY]


def srgb(colour: Oklch) -> Colour:
    """
    Return a colour in sRGB, clipped to what a screen shows.

    References
    ----------
    .. [1] B. Ottosson, "A perceptual color space for image processing", 2020, matrices M1 and M2 inverted.
    """
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_gamma(value) for value in linear)
    return red, green, blue


def _gamma(linear: float) -> int:
    """Return a linear intensity as the 8-bit value of IEC 61966-2-1."""
    linear = max(linear, 0.0)
    value = 12.92 * linear if linear <= LINEAR_END else 1.055 * linear ** (1 / 2.4) - 0.055
    return max(0, min(255, round(255 * value)))


def _between(anchors: tuple[Oklch, ...], position: float) -> Oklch:
    place = position * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    share = place - first
    low, high = anchors[first], anchors[first + 1]
    mixed = [start + (end - start) * share for start, end in zip(low, high, strict=True)]
    return mixed[0], mixed[1], mixed[2]
