"""What a roof earns, saves and costs, and after how many years it has paid back; with intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from layers.payback.hours import with_share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounded:
    """A number, or one for each roof, with its 95 % interval."""

    value: Array | float
    low: Array | float
    high: Array | float

    @classmethod
    def exactly(cls, value: Array | float) -> Bounded:
        """Return what is set and has no doubt."""
        return cls(value, value, value)

    def times(self, factor: float) -> Bounded:
        """Return it multiplied with what is exact."""
        return Bounded(self.value * factor, self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Roofs:
    """
    Roofs as the hours have left them, arrays of shape (roofs,) or (roofs, periods).

    Attributes
    ----------
    capacity_kwp
        Rated power. [kWp]
    yield_kwh
        What they give in a year. [kWh/a]
    pv_kwh, self_used_kwh
        The same by period, and what of it is used in the building; nan where that is not known. [kWh]
    share, share_load, share_yield
        Self-used share; at the bounds of load and of yield, shape (roofs, 2). [1]
    """

    capacity_kwp: Array
    yield_kwh: Bounded
    pv_kwh: Array
    self_used_kwh: Array
    share: Array
    share_load: Array
    share_yield: Array


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What is taken for granted when a roof is judged.

    Attributes
    ----------
    energy_price, fixed_price
        Purchase price in flat hours, and what is paid beside it; nan where no tariff is known. [CNY/kWh], (roofs,)
    floats
        Purchase price of each period over that of flat hours. [1], shape (roofs, periods)
    export_price
        Of what is fed in. [CNY/kWh]
    capex, opex
        Of a kilowatt peak: what it costs, and what it costs every year. [CNY/kWp], [CNY/kWp/a]
    grid_factor
        What a kilowatt-hour of the grid emits. [kgCO2e/kWh]
    self_used_share
        Instead of the one that follows from the hours; None where that holds. [1]
    """

    energy_price: Bounded
    fixed_price: Bounded
    floats: Array
    export_price: Bounded
    capex: Bounded
    opex: Bounded
    grid_factor: Bounded
    self_used_share: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What roofs come to; every member bounded, shape (roofs,), nan where it is not known."""

    self_used_share: Bounded
    self_used_kwh: Bounded
    exported_kwh: Bounded
    avoided_kg: Bounded
    value_cny: Bounded
    capex_cny: Bounded
    opex_cny: Bounded
    payback_years: Bounded


def value(roofs: Roofs, terms: Terms, self_used_kwh: Array) -> Array:
    """
    Return what roofs save and earn in a year. [CNY/a], shape (roofs,)

        V = sum over periods of U_p (f + e r_p) + (E - sum of U_p) x

    with U the self-used and E all energy, the fixed price f, the purchase price e and its floats r, the export price x.
    Without a tariff it is known only where nothing is self-used.
    """
    price = np.expand_dims(terms.fixed_price.value, -1) + np.expand_dims(terms.energy_price.value, -1) * terms.floats
    saved = np.where(self_used_kwh == 0, 0, self_used_kwh * price).sum(axis=1)
    exported = np.asarray(roofs.yield_kwh.value) - self_used_kwh.sum(axis=1)
    return np.asarray(saved + exported * terms.export_price.value)


def payback(capex: Array, value_per_a: Array, opex_per_a: Array) -> Array:
    """Return years until what is earned covers what it cost, undiscounted; infinite where nothing is left over."""
    left = np.asarray(value_per_a - opex_per_a, dtype=float)
    return np.where(left > 0, capex / np.where(left > 0, left, 1), np.where(np.isnan(left), np.nan, np.inf))


def judge(roofs: Roofs, terms: Terms, *, life_years: float) -> Judged:
    """
    Return what roofs come to, with intervals.

    Each input goes to its bounds by itself, the others stay; the distances add up as squares (JCGM 100:2008, sec. 5.1,
    by finite differences). A bound of the payback beyond the life of the modules is cut there.

    Parameters
    ----------
    roofs, terms
        What is judged, and how.
    life_years
        Of the modules. [a]

    References
    ----------
    .. [1] JCGM 100:2008, "Guide to the expression of uncertainty in measurement". doi:10.59161/JCGM100-2008E
    """
    middle = _figures(roofs, terms)
    below, above = ({name: np.zeros_like(found) for name, found in middle.items()} for _ in range(2))
    for pair in _varied(roofs, terms):
        ends = [_figures(*changed) for changed in pair]
        for name in middle:
            with np.errstate(invalid="ignore"):  # what never pays back stays so
                moved = np.stack([end[name] - middle[name] for end in ends])
            below[name] += np.minimum(moved, 0).min(axis=0) ** 2
            above[name] += np.maximum(moved, 0).max(axis=0) ** 2
    most = {"self_used_share": 1.0, "payback_years": life_years}
    return Judged(**{
        name: Bounded(found, np.maximum(found - np.sqrt(below[name]), 0),
                      np.minimum(found + np.sqrt(above[name]), np.maximum(found, most.get(name, np.inf))))
        for name, found in middle.items()
    })


def _figures(roofs: Roofs, terms: Terms) -> dict[str, Array]:
    """Return every figure of roofs at the middle of what is known."""
    given = terms.self_used_share
    share = roofs.share if given is None else np.full_like(roofs.share, given)
    own = with_share(roofs.pv_kwh, roofs.self_used_kwh, share)
    year = np.asarray(roofs.yield_kwh.value)
    earned = value(roofs, terms, own)
    capex = roofs.capacity_kwp * terms.capex.value
    opex = roofs.capacity_kwp * terms.opex.value
    return {
        "self_used_share": share, "self_used_kwh": share * year, "exported_kwh": (1 - share) * year,
        "avoided_kg": year * terms.grid_factor.value, "value_cny": earned, "capex_cny": capex, "opex_cny": opex,
        "payback_years": payback(capex, earned, opex),
    }


def _varied(roofs: Roofs, terms: Terms) -> Iterator[tuple[tuple[Roofs, Terms], tuple[Roofs, Terms]]]:
    """Yield roofs and terms with one input at its lower, and at its upper bound, input by input."""
    def both(bounded: Bounded) -> tuple[Bounded, Bounded]:
        return Bounded.exactly(bounded.low), Bounded.exactly(bounded.high)

    changed = (
        [replace(terms, energy_price=end) for end in both(terms.energy_price)],
        [replace(terms, fixed_price=end) for end in both(terms.fixed_price)],
        [replace(terms, export_price=end) for end in both(terms.export_price)],
        [replace(terms, capex=end) for end in both(terms.capex)],
        [replace(terms, opex=end) for end in both(terms.opex)],
        [replace(terms, grid_factor=end) for end in both(terms.grid_factor)],
    )
    for low, high in changed:
        yield (roofs, low), (roofs, high)
    if terms.self_used_share is None:
        yield (_loaded(roofs, 0), terms), (_loaded(roofs, 1), terms)
    yield (_given(roofs, 0), terms), (_given(roofs, 1), terms)


def _loaded(roofs: Roofs, side: int) -> Roofs:
    """Return roofs whose buildings need less (0) or more (1)."""
    return replace(roofs, share=roofs.share_load[:, side])


def _given(roofs: Roofs, side: int) -> Roofs:
    """Return roofs that give less (0) or more (1): periods grow alike, the self-used share is that of the hours."""
    end = np.asarray(roofs.yield_kwh.high if side else roofs.yield_kwh.low)
    middle = np.asarray(roofs.yield_kwh.value)
    grown = np.divide(end, middle, out=np.ones_like(middle), where=middle > 0)[:, None]
    return replace(roofs, yield_kwh=Bounded.exactly(end), pv_kwh=roofs.pv_kwh * grown,
                   self_used_kwh=roofs.self_used_kwh * grown, share=roofs.share_yield[:, side])
