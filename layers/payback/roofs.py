"""Roofs as rows of tables, judged on the terms that hold for the zone or that somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.payback.money import Bounded, Judged, Roofs, Terms, judge
from layers.payback.tariff import ENERGY, FIXED, NEEDED, PERIODS, TARIFFS, floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

EXPORT, CAPEX, OPEX, LIFE = "pv_price.export", "pv_capex", "pv_opex", "pv_life"
GRID = "grid_emission.location"
UNKNOWN = Bounded.exactly(np.nan)

PV = tuple(f"pv_{period}_kwh" for period in PERIODS)
SELF_USED = tuple(f"self_used_{period}_kwh" for period in PERIODS)
SHARE = "self_used_share"
SHARE_LOAD, SHARE_YIELD = ((f"{SHARE}_{what}_low", f"{SHARE}_{what}_high") for what in ("load", "yield"))

# Column of what roofs come to, and what it is among the figures.
FIGURES = {
    "self_used_share": "self_used_share", "self_used_kwh_per_a": "self_used_kwh",
    "exported_kwh_per_a": "exported_kwh", "avoided_kgco2e_per_a": "avoided_kg", "value_cny_per_a": "value_cny",
    "capex_cny": "capex_cny", "opex_cny_per_a": "opex_cny", "payback_years": "payback_years",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody takes for granted instead of what the factors say; None where these hold."""

    self_used_share: float | None = None
    capex_cny_per_kwp: float | None = None
    opex_cny_per_kwp_a: float | None = None
    export_price_cny_per_kwh: float | None = None
    price_level: float = 1.0


def judge_roofs(
    frame: pd.DataFrame, factors: Mapping[str, Bounded], *, region: str | None, changes: Changes | None = None
) -> pd.DataFrame:
    """
    Return rows of roofs with what they come to, in the columns of :data:`FIGURES`, their bounds and `payback_reason`.

    Parameters
    ----------
    frame
        One row per roof with modules: `pv_capacity_kwp`, `pv_yield_kwh_per_a` and its bounds, `tariff`, and what
        :func:`layers.payback.hours.sum_use` has found, in the columns of :data:`PV` and the like.
    factors
        That hold in the zone.
    region
        Whose tariff holds, None where none is known.
    changes
        Other terms than those of the factors.
    """
    changes = changes or Changes()
    roofs, terms = _roofs(frame), _terms(frame["tariff"], factors, changes)
    life = float(factors.get(LIFE, Bounded.exactly(np.inf)).value)
    judged = judge(roofs, terms, life_years=life)
    told = frame.copy()
    never = np.asarray(judged.payback_years.value) > life
    for column, name in FIGURES.items():
        found: Bounded = getattr(judged, name)
        unknown = np.isnan(found.value) | (never if column == "payback_years" else False)
        for ending, values in (("", found.value), ("_low", found.low), ("_high", found.high)):
            told[f"{column}{ending}"] = np.where(unknown, np.nan, values)
    told["payback_reason"] = _reasons(frame, judged, terms, never, has_tariff=region is not None)
    return told


def _roofs(frame: pd.DataFrame) -> Roofs:
    def columns(names: tuple[str, ...]) -> Array:
        return frame[list(names)].to_numpy(dtype=float)

    year = "pv_yield_kwh_per_a"
    given = Bounded(*(frame[f"{year}{ending}"].to_numpy(dtype=float) for ending in ("", "_low", "_high")))
    return Roofs(frame["pv_capacity_kwp"].to_numpy(dtype=float), given, columns(PV), columns(SELF_USED),
                 frame[SHARE].to_numpy(dtype=float), columns(SHARE_LOAD), columns(SHARE_YIELD))


def _terms(tariff: pd.Series, factors: Mapping[str, Bounded], changes: Changes) -> Terms:
    """Return the terms of roofs, each by its tariff."""
    def set_or_known(given: float | None, quantity: str) -> Bounded:
        return factors.get(quantity, UNKNOWN) if given is None else Bounded.exactly(given)

    known = tariff if set(NEEDED) <= set(factors) else tariff.where(np.zeros(len(tariff), dtype=bool))
    energy, fixed = np.full((3, len(tariff)), np.nan), np.full((3, len(tariff)), np.nan)
    ratio = np.ones((len(tariff), len(PERIODS)))
    middle = {quantity: float(factor.value) for quantity, factor in factors.items()}
    for name in TARIFFS:
        of = (known == name).to_numpy(dtype=bool)
        if of.any():
            for rows, factor in ((energy, factors[ENERGY]), (fixed, factors[FIXED[name]])):
                rows[:, of] = np.array([factor.value, factor.low, factor.high])[:, None]
            ratio[of] = floats(name, middle)
    level = changes.price_level
    return Terms(
        Bounded(*energy).times(level), Bounded(*fixed).times(level), ratio,
        set_or_known(changes.export_price_cny_per_kwh, EXPORT), set_or_known(changes.capex_cny_per_kwp, CAPEX),
        set_or_known(changes.opex_cny_per_kwp_a, OPEX), factors.get(GRID, UNKNOWN), changes.self_used_share,
    )


def _reasons(
    frame: pd.DataFrame, judged: Judged, terms: Terms, never: NDArray[np.bool_], *, has_tariff: bool
) -> list[str | None]:
    """Return why roofs have no payback, None where they have one; the first that holds."""
    rows = len(frame)
    whys = (
        ("no_load", np.isnan(judged.self_used_share.value)),
        ("no_tariff", np.full(rows, not has_tariff) & np.isnan(judged.value_cny.value)),
        ("no_tariff_of_use", np.isnan(judged.value_cny.value) & np.isnan(terms.energy_price.value)),
        ("no_price", np.isnan(judged.value_cny.value)),
        ("no_cost", np.isnan(judged.payback_years.value)),
        ("beyond_life", never),
    )
    found = np.full(rows, None, dtype=object)
    for why, holds in reversed(whys):
        found[holds] = why
    return list(found)
