"""The plain page of a quarter: HTML that needs no script, no account and little data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.catalogue import labels, web_folder
from server.footprint import describe_footprint
from server.notice import title_of
from server.zone import attribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.database import ServedRelease

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN", "fr": "fr_FR", "de": "de_DE"}
NAMES = {"en": "English", "zh": "中文", "fr": "Français", "de": "Deutsch"}
KILOGRAMS = "kg CO₂e"
DIGITS = 3
LEFT, RIGHT, TOP, GROUND = 34.0, 286.0, 24.0, 110.0  # of the drawing in the page


def preferred_language(accepted: str) -> str:
    """Return the language that a browser prefers of those there are (RFC 9110, section 12.5.4), English else."""
    ranked = []
    for place, part in enumerate(accepted[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        share = float(weight) if weight.replace(".", "", 1).isdigit() else 0.0 if weight else 1.0
        ranked.append((-share, place, tag[:2].lower()))
    return next((tag for share, _, tag in sorted(ranked) if share and tag in NAMES), "en")


def render_quarter(served: ServedRelease, neighbourhood_id: str, language: str, address: str) -> str:
    """
    Return the page of a quarter.

    Parameters
    ----------
    served
        The release.
    neighbourhood_id
        Id of the quarter.
    language
        Of the page.
    address
        Of the page itself: it stands in the code to be photographed.

    Raises
    ------
    NotFoundError
        If there is no such quarter, or the release has no figures of homes.
    """
    place = describe_footprint(served, neighbourhood_id, language)
    texts, locale = labels(served.layers, language), LOCALES[language]
    manifest = served.release.manifest

    def words(key: str, **values: object) -> str:
        return texts[key].format(**values)

    def number(value: float) -> str:
        return str(format_decimal(float(f"{value:.{DIGITS}g}"), locale=locale))

    def between(unit: str, bounds: Mapping[str, float]) -> str:
        return words("app.quarter.between", low=number(bounds["low"]), high=f"{number(bounds['high'])} {unit}")

    page: str = _template().render(
        place=place, language=language, locale=locale.replace("_", "-"), languages=NAMES, words=words, number=number,
        between=between, kg=KILOGRAMS, title=title_of(manifest, language), chart=_chart(place["path"]), address=address,
        percent=lambda share: format_percent(share, locale=locale), sources=attribution(manifest))
    return page


@cache
def _template() -> Any:
    loader = FileSystemLoader(web_folder() / "pages")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("neighbourhood.html")


def _chart(path: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return where line, dots and years of the way to the target stand in the drawing."""
    if path is None:
        return None
    start, target = int(path["base_year"]), int(path["target_year"])
    known = [dot for dot in path["known"] if start <= dot["year"] <= target]
    heights = [dot["high"] or dot["value"] for dot in known] + [year["kgco2e_per_person_a"] for year in path["years"]]
    most = float(max(heights)) or 1.0

    def across(year: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * (year - start) / (target - start), 1)

    def up(value: float) -> float:
        return round(GROUND - (GROUND - TOP) * value / most, 1)

    dots = [{"x": across(dot["year"]), "y": up(dot["value"]), "low": up(dot["low"] or dot["value"]),
             "high": up(dot["high"] or dot["value"]), "value": dot["value"], "is_projection": dot["is_projection"]}
            for dot in known]
    points = (f"{across(year['year'])},{up(year['kgco2e_per_person_a'])}" for year in path["years"])
    return {"line": " ".join(points), "dots": dots,
            "ticks": [{"x": across(year), "year": year} for year in (start, target)]}
