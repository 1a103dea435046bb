"""What a roof's payback takes for granted: the factors that hold, and what somebody puts in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from layers.payback.money import Bounded
from layers.payback.roofs import CAPEX, EXPORT, GRID, LIFE, OPEX, Changes
from layers.payback.tariff import NEEDED, read_periods, region_of_tariff
from server.dependencies import Language

if TYPE_CHECKING:
    from server.database import ServedRelease

FACTORS = """
select quantity, value, low, high, unit, region, year, source, seen from factor_in_force
"""
PRICES = """
select tariff, period, price_cny_per_kwh, price_cny_per_kwh_low, price_cny_per_kwh_high from tariff_price
order by tariff, period
"""
# Which factor stands behind what may be changed, and its unit; what has no factor follows from each roof's hours.
CHANGEABLE = {
    "self_used_share": (None, "1"),
    "capex_cny_per_kwp": (CAPEX, "CNY/kWp"),
    "opex_cny_per_kwp_a": (OPEX, "CNY/kWp/a"),
    "export_price_cny_per_kwh": (EXPORT, "CNY/kWh"),
    "price_level": (None, "1"),
}
FIXED = {"grid_emission_kgco2e_per_kwh": (GRID, "kgCO2e/kWh"), "life_a": (LIFE, "a")}


class TermsQuery(BaseModel):
    """What may be taken for granted instead of what the factors say, and the language of texts."""

    model_config = ConfigDict(allow_inf_nan=False)

    lang: Language = "en"
    self_used_share: Annotated[float | None, Field(ge=0, le=1, description="of every roof; else hour by hour")] = None
    capex_cny_per_kwp: Annotated[float | None, Field(ge=1, le=100_000)] = None
    opex_cny_per_kwp_a: Annotated[float | None, Field(ge=0, le=10_000)] = None
    export_price_cny_per_kwh: Annotated[float | None, Field(ge=0, le=100)] = None
    price_level: Annotated[float, Field(ge=0, le=10, description="multiplies all prices of the tariff")] = 1.0

    def changes(self) -> Changes:
        """Return what differs from the factors."""
        return Changes(**{name: getattr(self, name) for name in CHANGEABLE})


def bounds_of(question: type[BaseModel]) -> dict[str, dict[str, float | None]]:
    """Return between which values each number of a question may lie, None where nothing binds it."""
    found = {}
    for name, asked in question.model_fields.items():
        told = {kind: getattr(bound, kind) for bound in asked.metadata for kind in ("ge", "gt", "le")
                if hasattr(bound, kind)}
        if told:
            found[name] = {"least": told.get("ge", told.get("gt")), "most": told.get("le")}
    return found


class Known:
    """The factors of a release, and whose tariff holds in its zone."""

    def __init__(self, served: ServedRelease) -> None:
        self.rows = {row["quantity"]: row for row in served.rows(FACTORS)}
        self.factors = {name: Bounded(row["value"], row["low"], row["high"]) for name, row in self.rows.items()}
        self.region = region_of_tariff(served.release.manifest["settings"].get("regions") or [],
                                       {name: row["value"] for name, row in self.rows.items()})
        self._prices = served.rows(PRICES)

    def told(self, query: TermsQuery) -> list[dict[str, Any]]:
        """Return every assumption: value, unit, interval, source, how that was seen, and whether it was changed."""
        answer = []
        for key, (quantity, unit) in (CHANGEABLE | FIXED).items():
            row = self.rows.get(quantity or "", {})
            given = getattr(query, key, None)
            is_changed = given is not None and not (key == "price_level" and given == 1)
            default = 1.0 if key == "price_level" else row.get("value")
            answer.append({
                "key": key, "label_key": f"assumption.{key}", "value": given if is_changed else default, "unit": unit,
                "low": None if is_changed else row.get("low"), "high": None if is_changed else row.get("high"),
                "source": None if is_changed else row.get("source"), "seen": None if is_changed else row.get("seen"),
                "region": row.get("region"), "year": row.get("year"), "default": default, "overridden": is_changed,
                "can_change": key in CHANGEABLE,
            })
        return answer

    def export_price(self, query: TermsQuery) -> float | None:
        """Return what a kilowatt-hour that is sold brings, None where that is not known. [CNY/kWh]"""
        given = query.export_price_cny_per_kwh
        return self.rows.get(EXPORT, {}).get("value") if given is None else given

    def tariff(self, query: TermsQuery) -> dict[str, Any]:
        """Return what a kilowatt-hour costs by tariff and period, at the level asked for, and where that comes from."""
        parts = [self.rows[name] for name in NEEDED if name in self.rows] if self.region else []
        periods = [row for row in read_periods() if row.region == self.region]
        price = "price_cny_per_kwh"
        return {
            "region": self.region,
            "prices": [{"tariff": row["tariff"], "tariff_key": f"payback.tariff.{row['tariff']}",
                        "period": row["period"], "period_key": f"payback.period.{row['period']}",
                        **{name: row[name] * query.price_level for name in (price, f"{price}_low", f"{price}_high")}}
                       for row in self._prices],
            "sources": [{"quantity": row["quantity"], "value": row["value"], "low": row["low"], "high": row["high"],
                         "unit": row["unit"], "year": row["year"], "source": row["source"], "seen": row["seen"]}
                        for row in parts],
            "hours": [{"tariff": row.customers, "months": list(row.months), "period": row.period,
                       "from_h": row.from_h, "until_h": row.until_h, "source": row.source, "seen": row.seen}
                      for row in periods],
        }
