"""Colours of words can be told apart by every kind of colour vision."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from layers.discovery import discover_layers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: What linear sRGB becomes, in full dichromacy. Source: G. Machado, M. Oliveira, L. Fernandes, "A physiologically-based
#: model for simulation of color vision deficiency", 2009, table of severity 1.0, doi:10.1109/TVCG.2009.113.
VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                            [0.004733, 0.691367, 0.303900]]),
}
#: Linear sRGB to XYZ under D65, and its white. Source: IEC 61966-2-1.
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                   [0.0193339, 0.1191920, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])
#: Least distance of two colours in CIELAB; about 2.3 can just be seen side by side.
LEAST = 10.0


def lab(colour: tuple[int, ...], vision: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a colour in CIELAB as a kind of vision sees it."""
    value = np.array(colour[:3]) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(vision @ linear, 0, 1) / WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def legends() -> dict[str, Mapping[str, tuple[int, ...]]]:
    """Return the colours of words by view."""
    return {view.name: view.colours for layer in discover_layers().values() for view in layer.views if view.colours}


def test_the_distance_is_that_of_the_textbook() -> None:
    assert lab((255, 255, 255), VISIONS["normal"]) == pytest.approx([100, 0, 0], abs=0.02)
    assert lab((255, 0, 0), VISIONS["normal"]) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("view", legends())
def test_no_two_words_look_alike(view: str, vision: str) -> None:
    seen = {word: lab(colour, VISIONS[vision]) for word, colour in legends()[view].items()}
    near = [(one, other, round(float(distance), 1)) for one, other in combinations(seen, 2)
            if (distance := np.linalg.norm(seen[one] - seen[other])) < LEAST]
    assert near == []
