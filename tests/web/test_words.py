"""What the server refuses is said in the reader's language, and so are the units of factors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_doors import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

#: Of units as the tables of factors have them.
UNITS = {"kWh/(m2 a)": "kWh/(m²·年)", "kgCO2e/m2": "kg CO₂e/m²", "kg/(person a)": "kg/(人·年)", "degC": "°C",
         "1/m": "1/m", "CNY/(kWp a)": "元/(kWp·年)", "1": ""}


@pytest.mark.parametrize(("language", "words"), [
    ("zh", "自相交"), ("de", "kreuzt oder berührt sich selbst"), ("fr", "se croise ou se touche")])
def test_a_draft_that_cannot_be_is_refused_in_the_readers_language(
    visit: Callable[..., Visit], toy: str, language: str, words: str
) -> None:
    west, south, east, north = ask(toy, "/api/zone")["bbox"]
    lon, lat = (west + east) / 2, (south + north) / 2
    corners = [(lon, lat), (lon + 2e-4, lat + 2e-4), (lon + 2e-4, lat), (lon, lat + 2e-4)]
    drawn = ";".join(f"{x:.6f},{y:.6f}" for x, y in corners)
    seen = visit(f"#draft=3~residential~flat~0~~{drawn}", address=toy, language=language, may_complain=True)
    seen.wait("document.querySelector('#draft-answer [role=alert]')")
    told = seen.page.locator("#draft-answer [role=alert]").inner_text()
    assert words in told
    assert "polygon" not in told


def test_units_of_factors_are_written_as_those_of_figures(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=zone", address=toy, language="zh")
    seen.wait("document.querySelector('#door-zone .headline')")
    written = seen.page.evaluate(
        "units => import('/static/web/js/units.js').then(({ writeUnit }) => units.map(writeUnit))", list(UNITS))
    assert written == list(UNITS.values())


def test_factors_are_called_by_their_quantity_and_its_parts(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=zone", address=toy)
    seen.wait("document.querySelector('#door-zone .headline')")
    names = ["heat_intensity.office.built_to_1929", "grid_emission.location", "lifestyle_budget.2030", "made.up"]
    named = seen.page.evaluate(
        "names => import('/static/web/js/vocabulary.js').then(({ quantityName }) => names.map(quantityName))", names)
    assert named == [
        "heat per floor area (Office, built up to 1929)", "emission factor of the grid",
        "emissions per head that the climate goal leaves (2030)", "made.up"]
