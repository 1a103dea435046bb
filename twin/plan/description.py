"""The description of a planned zone: the zone.toml that goes with its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.plan.records import Plan

BASE_YEAR = 2025
TARGET_YEAR = 2028

TEMPLATE = """\
# A reference plan made by `zonetwin plan --seed {seed} --residents {residents}`: not a survey.
[zone]
crs = "EPSG:4549"
regions = ["Jiangsu", "East China", "China", "World"]
population = {{ {population} }}
target_year = {target_year}
boundary = "boundary.gpkg"

[zone.title]
en = "China-EU (Taicang) Green and Digital Innovation Cooperation Zone: reference plan"
zh = "中欧(太仓)绿色数字创新合作区 · 参考规划"
fr = "Zone de coopération Chine-UE (Taicang) pour l'innovation verte et numérique : plan de référence"
de = "China-EU-Kooperationszone (Taicang) für grüne und digitale Innovation: Referenzplan"

[zone.notice]
en = "A reference plan made by rules, not a survey: buildings, parcels, meters and all names but the Loujiang's are invented."
zh = "本区为按规则生成的参考规划,并非测绘成果:除娄江外,建筑、地块、计量数据及名称均为虚构。"
fr = "Plan de référence établi par des règles, et non un levé : bâtiments, parcelles, compteurs et noms, sauf celui du Loujiang, sont inventés."
de = "Ein nach Regeln erzeugter Referenzplan, keine Vermessung: Gebäude, Flurstücke, Zähler und alle Namen außer Loujiang sind erfunden."

[sources.osm]
file = "plan.osm.pbf"
licence = "CC0-1.0"
attribution = "zonetwin reference plan (invented)"
synthetic = true

[sources.parcels]
file = "cadastre.gpkg"
licence = "CC0-1.0"
attribution = "zonetwin reference plan (invented)"
synthetic = true

[sources.parcels.columns]
cadastral_ref = "ZDDM"
land_use = "YDFL"
tenure = "QLXZ"
year = "DJNF"
far_max = "RJL"
height_max_m = "JZXG"
coverage_max = "JZMD"
green_min = "LDL"

[sources.parcels.values]
land_use = {{ scheme = "LANDSEA2023" }}

[sources.neighbourhoods]
file = "neighbourhoods.gpkg"
licence = "CC0-1.0"
attribution = "zonetwin reference plan (invented)"
synthetic = true

[sources.neighbourhoods.columns]
population = "population_{{year}}"
households = "households_{{year}}"

[sources.terrain]
dtm = "terrain.tif"
licence = "CC0-1.0"
attribution = "zonetwin reference plan (invented)"
synthetic = true

[sources.meters]
file = "meters.csv"
licence = "CC0-1.0"
attribution = "zonetwin reference plan (invented)"
synthetic = true

[inventory]
base_year = {base_year}
years = [{target_year}]

# What neutral means here: in the target year, {target_year}, emissions of GPC level BASIC are no more than what is offset, and
# nothing is. Electricity counts by location, as in a GPC total; by market it is shown beside.
[inventory.neutrality]
level = "BASIC"
offsets_kgco2e_per_a = 0
"""  # noqa: E501 sentences for people stand on one line


def describe_zone(plan: Plan) -> str:
    """Return the zone.toml of a plan."""
    population = ", ".join(f"{year} = {people}" for year, people in sorted(plan.population.items()))
    return TEMPLATE.format(
        seed=plan.site.seed, residents=plan.site.residents, population=population, target_year=TARGET_YEAR,
        base_year=BASE_YEAR,
    )
