"""Waters of a plan: the river, canals along and across it, and the lake of the central park."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.lines import band, sample_span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.site import Site

RIVER_WIDTH_M = 78.0
CANAL_WIDTHS_M = (14.0, 26.0)
CANAL_EVERY = 2  # arterial spans between two canals
CANAL_AT = 0.39  # of a span, beside the local streets and never on them
MARGIN_M = 400.0  # beyond the outer streets, so that waters leave the zone


@dataclass(frozen=True, slots=True)
class Stream:
    """A river or canal. [m], EPSG:4549"""

    kind: str
    axis: shapely.LineString
    area: shapely.Polygon


def draw_waters(site: Site) -> list[Stream]:
    """Return the river and the canals of a plan, the river first."""
    along = sample_span(-MARGIN_M, site.width_m + MARGIN_M)
    streams = [_stream("river", site.place(along, np.full(len(along), site.river)), RIVER_WIDTH_M)]
    random = site.random("canals")
    for low, high in site.columns[::CANAL_EVERY]:
        streams.append(_canal(site, random, "v", low + CANAL_AT * (high - low)))
    for number, (low, high) in enumerate(site.rows):
        if number % CANAL_EVERY == 0 and len(site.rows) > 1:
            streams.append(_canal(site, random, "u", low + CANAL_AT * (high - low)))
    return streams


def _canal(site: Site, random: np.random.Generator, along: str, across: float) -> Stream:
    """Return a canal that follows a street coordinate and swings a little."""
    extent = site.width_m if along == "u" else site.height_m
    positions = sample_span(-MARGIN_M, extent + MARGIN_M)
    swing = 16 * np.sin(2 * math.pi * positions / random.uniform(700, 1100) + random.uniform(0, 6))
    steady = across + swing
    points = site.place(positions, steady) if along == "u" else site.place(steady, positions)
    return _stream("canal", points, float(np.round(random.uniform(*CANAL_WIDTHS_M), 1)))


def _stream(kind: str, points: NDArray[np.float64], width_m: float) -> Stream:
    return Stream(kind=kind, axis=shapely.LineString(points), area=band(points, width_m))
