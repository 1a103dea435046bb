"""
The plain page of a quarter: HTML that needs no script, no account and little data.

Figures are written as web/js/doors/quarter_card.js writes them: per resident in kWh and kg, all to three digits,
residents whole.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from server.catalogue import labels, web_folder
from server.footprint import describe_footprint
from server.neighbourhoods import describe_neighbourhoods
from server.notice import notice_of, title_of
from server.zone import attribution

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from server.database import ServedRelease

LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN", "fr": "fr_FR", "de": "de_DE"}
NAMES = {"en": "English", "zh": "中文", "fr": "Français", "de": "Deutsch"}
KILOGRAMS = "kg CO₂e"
DIGITS = 3
WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")  # RFC 9110, section 12.4.2
# Larger multiples of what meters count, the largest first, as in web/js/units.js: from this size on, unit, factor.
MULTIPLES = {
    "kWh": ((1e10, "TWh", 1e-9), (1e7, "GWh", 1e-6), (1e4, "MWh", 1e-3)),
    "kg": ((1e6, "kt", 1e-6), (1e3, "t", 1e-3)),
    "m3": ((0.0, "m³", 1.0),),
}
LEFT, RIGHT, TOP, GROUND = 34.0, 286.0, 24.0, 110.0  # of the drawing in the page


def preferred_language(accepted: str) -> str:
    """Return the language that a browser prefers of those there are (RFC 9110, section 12.5.4), English else."""
    ranked = []
    for place, part in enumerate(accepted[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        share = float(weight) if WEIGHT.fullmatch(weight) else 0.0 if weight else 1.0
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
    manifest, figures = served.release.manifest, Figures(LOCALES[language])
    words = _words(served, language)

    def between(unit: str, bounds: Mapping[str, float]) -> str:
        low, high = figures.number(bounds["low"]), f"{figures.number(bounds['high'])} {unit}"
        return words("app.quarter.between", low=low, high=high)

    page: str = _template("neighbourhood.html").render(
        place=place, language=language, locale=_tag(language), languages=NAMES, words=words, figures=figures,
        between=between, kg=KILOGRAMS, title=title_of(manifest, language), chart=_chart(place["path"]), address=address,
        sources=attribution(manifest))
    return page


def render_no_quarter(served: ServedRelease, neighbourhood_id: str, language: str) -> str:
    """Return the page for who asks for a quarter that is not there: which there are."""
    manifest = served.release.manifest
    page: str = _template("no_quarter.html").render(
        asked=neighbourhood_id[:80], notice=notice_of(manifest, language), language=language, locale=_tag(language),
        languages=NAMES, words=_words(served, language), title=title_of(manifest, language),
        quarters=describe_neighbourhoods(served, language)["neighbourhoods"])
    return page


class Figures:
    """
    Figures in print.

    Attributes
    ----------
    locale
        Of the page, as babel names it.
    """

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def number(self, value: float) -> str:
        """Return a number to three digits."""
        return str(format_decimal(_rounded(value), locale=self.locale, decimal_quantization=False))

    def whole(self, count: float) -> str:
        """Return a count."""
        return str(format_decimal(round(count), locale=self.locale))

    def percent(self, share: float) -> str:
        """Return a share of one to three digits."""
        return str(format_percent(_rounded(share), locale=self.locale, decimal_quantization=False))

    def amount(self, value: float, unit: str) -> str:
        """Return an amount in the multiple of its unit in which it reads best."""
        found = (row for row in MULTIPLES.get(unit, ()) if abs(value) >= row[0])
        _, name, factor = next(found, (0.0, unit, 1.0))
        return f"{self.number(value * factor)} {name}"


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _tag(language: str) -> str:
    return LOCALES[language].replace("_", "-")


def _words(served: ServedRelease, language: str) -> Callable[..., str]:
    """Return what gives the words for a key, with its places filled."""
    texts = labels(served.layers, language)

    def words(key: str, **values: object) -> str:
        return texts[key].format(**values)

    return words


@cache
def _template(name: str) -> Any:
    loader = FileSystemLoader(web_folder() / "pages")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template(name)


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
