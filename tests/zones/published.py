"""What the reference zone's footprint comes to per head, household and square metre, beside what others found.

Run it with `python tests/zones/published.py STORE ZONE`; it prints the first two columns of the table in
`data/zones/taicang/CHECK.md`, whose other columns are written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from twin.store import Store

if TYPE_CHECKING:
    from twin.store import Release

USES = {
    "residential": "dwellings", "office": "offices", "government": "government", "retail": "shops", "hotel": "hotels",
    "education": "schools", "healthcare": "hospitals",
}
INDUSTRY = "I.3.2"
BUILDINGS = ("I.1.2", "I.2.2", INDUSTRY)  # GPC codes of the electricity of buildings
CHARGING = "II.1.2"
HOMES = ("I.1.1", "I.1.2")
WASTE = ("III.1.2", "III.3.2")
GDP_CNY = 188.2e9  # Taicang in 2024: services of 100.29 billion are 53.3 % (Xinhua Daily, 2025-11-07)
GDP_RESIDENTS = 841_500  # Taicang in 2022: GDP over GDP per head of its statistical communique
NUMBER = r"(\d[\d,]*(?:\.\d+)?)"


class Figure(NamedTuple):
    """A figure of the model, and its 95 % interval where the ledger has one."""

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        text = show(self.value)
        return text if self.low is None or self.high is None else f"{text} ({show(self.low)} to {show(self.high)})"


def show(value: float) -> str:
    """Return a number with three digits, thousands set apart."""
    return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def measure(release: Release) -> dict[str, Figure]:
    """
    Return the figures of a release's ledger, by what they are called in the table.

    Everything is of the base year and by location; what the ledger has measured is in it as measured.
    """
    year = release.manifest["zone"]["year"]
    ledger = pd.read_parquet(release.table("ledger"))
    ledger = ledger[(ledger["year"] == year) & (ledger["basis"].fillna("location") == "location")]
    total = pd.read_parquet(release.table("ledger_total"))
    total = total[(total["year"] == year) & (total["place_kind"] == "zone") & (total["basis"] == "location")]
    zone = pd.read_parquet(release.table("neighbourhood"))
    residents, households = float(zone["population"].sum()), float(zone["households"].sum())
    return (
        measure_electricity(ledger, pd.read_parquet(release.table("building")), residents, households)
        | measure_emissions(ledger, total, residents)
        | measure_transport(release, ledger, total, residents)
        | measure_waste(release, ledger, total, residents)
        | measure_industry(release, ledger, residents)
        | measure_rest(release, total, residents)
    )


def measure_electricity(ledger: pd.DataFrame, building: pd.DataFrame, residents: float,
                        households: float) -> dict[str, Figure]:
    """Return electricity per floor area and use [kWh/(m2 a)], per household and per head [kWh/a]."""
    use = ledger["subject_id"].map(building.set_index("building_id")["use"])
    power = ledger[(ledger["carrier"] == "electricity") & ledger["activity"].notna()]
    figures = {}
    for word, name in USES.items():
        rows = power[power["gpc_ref"].isin(["I.1.2", "I.2.2"]) & (use.loc[power.index] == word)]
        figures[f"{name}, electricity [kWh/m2]"] = Figure(rows["activity"].sum() / rows["base"].sum())
    kwh = power.groupby("gpc_ref")["activity"].sum()
    gas_kwh = ledger.loc[ledger["gpc_ref"] == "I.1.1", "activity"].sum()
    without = kwh["I.1.2"] + kwh["I.2.2"] + kwh[CHARGING]
    return figures | {
        "household, electricity [kWh]": Figure(kwh["I.1.2"] / households),
        "household, electricity and gas [kWh]": Figure((kwh["I.1.2"] + gas_kwh) / households),
        "head, electricity of homes and charging [kWh]": Figure((kwh["I.1.2"] + kwh[CHARGING]) / residents),
        "head, electricity of services [kWh]": Figure(kwh["I.2.2"] / residents),
        "head, electricity without industry [kWh]": Figure(without / residents),
        "head, electricity of industry [kWh]": Figure(kwh[INDUSTRY] / residents),
        "head, electricity with industry [kWh]": Figure((without + kwh[INDUSTRY]) / residents),
    }


def read_total(total: pd.DataFrame, line: str, item: str, per: float, book: str = "gpc") -> Figure:
    """Return one line of the ledger's totals with its interval, in kilograms over `per`."""
    row = total[(total["book"] == book) & (total["line"] == line) & (total["item"] == item)].iloc[0]
    name = "emissions_kgco2e_per_a"
    return Figure(row[name] / per, row[f"{name}_low"] / per, row[f"{name}_high"] / per)


def measure_emissions(ledger: pd.DataFrame, total: pd.DataFrame, residents: float) -> dict[str, Figure]:
    """Return emissions per head [tCO2e/a], and what each part is of those without industry [%]."""
    tonnes = residents * 1e3
    kg = ledger[ledger["book"] == "gpc"].groupby("gpc_ref")["emissions_kgco2e_per_a"].sum()
    domain = {word: read_total(total, "domain", word, tonnes) for word in ("construction", "industry", "mobility",
                                                                          "resources")}
    basic = read_total(total, "total", "BASIC", tonnes)
    without = basic.value - domain["industry"].value
    homes = kg[list(HOMES)].sum() / tonnes
    return {
        "head, GPC BASIC [t]": basic,
        "head, GPC BASIC without industry [t]": Figure(without),
        "head, buildings but industry's [t]": domain["construction"],
        "head, industry [t]": domain["industry"],
        "head, waste and sewage [t]": domain["resources"],
        "head, energy of homes [t]": Figure(homes),
        "transport, of BASIC without industry [%]": Figure(100 * domain["mobility"].value / without),
        "homes, of BASIC without industry [%]": Figure(100 * homes / without),
        "services, of BASIC without industry [%]": Figure(100 * kg["I.2.2"] / tonnes / without),
        "waste and sewage, of BASIC without industry [%]": Figure(100 * domain["resources"].value / without),
    }


def measure_transport(release: Release, ledger: pd.DataFrame, total: pd.DataFrame,
                      residents: float) -> dict[str, Figure]:
    """Return transport per head: emissions [tCO2e/a], kilometres of vehicles, and the part of heavy ones [%]."""
    road = ledger[ledger["gpc_ref"] == "II.1.1"].groupby("carrier")["emissions_kgco2e_per_a"].sum() / residents / 1e3
    parcel = pd.read_parquet(release.table("parcel_mobility"))
    heavy, km = parcel["heavy_vehicle_km_per_a"].sum(), parcel["vehicle_km_per_a"].sum()
    factor = pd.read_parquet(release.table("factor_in_force")).set_index("quantity")["value"]
    a_year = factor["vehicle_km_per_head.light"] / factor["vehicles_per_head.light"]
    return {
        "head, transport [t]": read_total(total, "domain", "mobility", residents * 1e3),
        "head, transport on petrol and current [t]": Figure(
            road["petrol"] + read_total(total, "code", CHARGING, residents * 1e3).value),
        "head, transport on diesel [t]": Figure(road["diesel"]),
        "head, vehicles [km]": Figure(km / residents),
        "light vehicle [km]": Figure(a_year),
        "heavy vehicles, of all kilometres [%]": Figure(100 * heavy / km),
    }


def measure_waste(release: Release, ledger: pd.DataFrame, total: pd.DataFrame,
                  residents: float) -> dict[str, Figure]:
    """Return municipal waste per head [t/a], and what it and sewage emit [kgCO2e/a]."""
    waste_t = pd.read_parquet(release.table("parcel_resources"))["waste_t_per_a"].sum()
    kg = ledger.loc[ledger["gpc_ref"].isin(WASTE), "emissions_kgco2e_per_a"].sum()
    return {
        "head, municipal waste [t]": Figure(waste_t / residents),
        "tonne of municipal waste [kgCO2e]": Figure(kg / waste_t),
        "head, sewage [kgCO2e]": read_total(total, "code", "III.4.1", residents),
    }


def measure_industry(release: Release, ledger: pd.DataFrame, residents: float) -> dict[str, Figure]:
    """Return industry's energy per floor and land [kWh/(m2 a)], its carbon per coal, and electricity per GDP."""
    parcel = pd.read_parquet(release.table("parcel"), columns=["parcel_id", "land_use", "area_m2"])
    park = pd.read_parquet(release.table("parcel_industry"))
    power = ledger[(ledger["gpc_ref"] == INDUSTRY) & (ledger["carrier"] == "electricity") & ledger["activity"].notna()]
    gas_kwh = ledger.loc[ledger["gpc_ref"] == "I.3.1", "activity"].sum()
    land = parcel[parcel["land_use"] == "industrial"]
    on_land = power.loc[power["parcel_id"].isin(land["parcel_id"]), "activity"].sum()
    kwh, floor_m2 = power["activity"].sum(), power["base"].sum()
    kg = park["industry_emissions_kgco2e_per_a"].sum()
    codes = [*BUILDINGS, CHARGING]
    all_kwh = ledger.loc[ledger["gpc_ref"].isin(codes) & (ledger["carrier"] == "electricity"), "activity"].sum()
    return {
        "industry, electricity per floor area [kWh/m2]": Figure(kwh / floor_m2),
        "industry, electricity and fuel per floor area [kWh/m2]": Figure((kwh + gas_kwh) / floor_m2),
        "industry, electricity per industrial land [kWh/m2]": Figure(on_land / land["area_m2"].sum()),
        "industry, carbon per coal, calorific [tCO2/tce]": Figure(kg / park["industry_calorific_kgce_per_a"].sum()),
        "industry, carbon per coal, equivalent [tCO2/tce]": Figure(kg / park["industry_equivalent_kgce_per_a"].sum()),
        "electricity per GDP of as many in Taicang [kWh/10,000 CNY]": Figure(
            all_kwh / (residents * GDP_CNY / GDP_RESIDENTS) * 1e4),
    }


def measure_rest(release: Release, total: pd.DataFrame, residents: float) -> dict[str, Figure]:
    """Return embodied carbon [kgCO2e/m2], yields of the sun [kWh/kWp] and consumption per head [tCO2e/a]."""
    building = pd.read_parquet(release.table("building"), columns=["building_id", "status", "floor_area_m2"])
    building = building.merge(pd.read_parquet(release.table("building_construction")), on="building_id")
    building = building[(building["status"] == "existing") & building["embodied_kgco2e"].notna()]
    energy = pd.read_parquet(release.table("parcel_energy"))
    solar = pd.read_parquet(release.table("building_solar"))
    kwp = solar["pv_capacity_kwp"].sum()
    yields = [solar[f"pv_yield_kwh_per_a{end}"].sum() / kwp for end in ("", "_low", "_high")]
    return {
        "embodied, all buildings [kg/m2]": Figure(building["embodied_kgco2e"].sum() / building["floor_area_m2"].sum()),
        "standing photovoltaics [kWh/kWp]": Figure(
            energy["pv_generation_kwh_per_a"].sum() / energy["pv_capacity_kw"].sum()),
        "all roofs, simulated [kWh/kWp]": Figure(*yields),
        "head, consumption [t]": read_total(total, "total", "consumption", residents * 1e3, "consumption"),
    }


def compare(model: float, published: str) -> str:
    """
    Return the ratio of a figure to a published one, which a cell of the table begins with.

    Examples
    --------
    >>> compare(3.0, "2 (somebody, 2020)"), compare(3.0, "2 to 4 (somebody)"), compare(5.0, "2 to 4 (somebody)")
    ('1.50', 'inside', '1.25')
    """
    found = re.match(rf"{NUMBER}(?: to {NUMBER})?", published)
    if found is None:
        message = f"{published!r} does not begin with a number"
        raise ValueError(message)
    low, high = (float((end or found[1]).replace(",", "")) for end in found.groups())
    if low < high and low <= model <= high:
        return "inside"
    return f"{model / (low if model < low else high):.2f}"


def main() -> None:
    """Print the first two columns in Markdown."""
    store, zone = sys.argv[1:]
    print("| figure | model |\n|---|---|")
    for name, figure in measure(Store(Path(store)).open_release(zone)).items():
        print(f"| {name} | {figure} |")


if __name__ == "__main__":
    main()
