"""The embedded zone on the map: pictures to be looked at, some of them in the README, and that it says what it is."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import served
from tests.web.test_map import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.conftest import Visit
    from twin.store import Store

pytestmark = pytest.mark.browser

ANGLES = {
    "whole": "#view=use",
    "centre_from_the_south_west": "#view=use&at=31.48200,121.16200,15.2,60,30",
    "water_town_from_the_east": "#view=height&at=31.48400,121.15000,15.3,58,-80",
    "industry_from_the_north": "#view=use&at=31.48600,121.17600,15,58,170",
    "roofs_that_slant": "#view=year_built&at=31.46802,121.13860,16.6,55,-20",
}


@pytest.fixture(scope="module")
def taicang(taicang_store: Store) -> Iterator[str]:
    with served(taicang_store, "taicang") as address:
        yield address


@pytest.mark.parametrize("angle", ANGLES)
def test_the_reference_plan_has_its_picture(
    visit: Callable[..., Visit], taicang: str, screenshots: Path, angle: str
) -> None:
    seen = visit(ANGLES[angle], address=taicang, size=(1440, 860))
    seen.wait_drawn()
    path = screenshots / f"taicang_{angle}.png"
    seen.page.screenshot(path=path)
    assert path.stat().st_size > 100_000
    assert "not a survey" in seen.page.locator("#notice").inner_text()
    assert seen.page.locator("#zone-meta").inner_text().startswith("State of 2025; later is planned")


@pytest.mark.parametrize("door", ["zone", "plan", "energy", "neighbourhood"])
def test_every_door_into_the_plan_has_its_picture(
    visit: Callable[..., Visit], taicang: str, screenshots: Path, door: str
) -> None:
    quarter = next(item for item in ask(taicang, "/api/neighbourhoods")["neighbourhoods"]
                   if ask(taicang, f"/api/neighbourhoods/{item['id']}/footprint")["homes"])
    west, south = ask(taicang, "/api/search?q=" + urllib.parse.quote("社区"))["results"][0]["centre"]
    corners = ";".join(f"{west + east},{south + north}" for east, north in ((0, 0), (6e-4, 0), (6e-4, 2e-4), (0, 2e-4)))
    fragment = {
        "zone": "view=use&at=31.47900,121.15800,14.2,55,-20",
        "plan": f"view=use&at={south},{west},16.4,58,-25&sun=2025-03-21T570&draft=18~residential~flat~1~~{corners}",
        "energy": "view=pv_yield&at=31.48500,121.17700,15.2,55,-20",
        "neighbourhood": f"view=footprint&quarter={quarter['id']}",
    }[door]
    seen = visit(f"#door={door}&{fragment}", address=taicang, size=(1440, 860))
    seen.wait_drawn()
    seen.wait("!document.querySelector('#panel[aria-busy]') && !document.querySelector('.door[aria-busy]')")
    if door == "energy":
        seen.wait("document.querySelectorAll('#door-energy .site').length > 2")
        for place in range(3):
            seen.page.locator("#door-energy .site input").nth(place).check()
    if door == "plan":
        seen.wait("document.querySelector('#panel')?.innerText.includes('Floor area')")
    seen.page.wait_for_timeout(1500)  # what moves has come to rest
    seen.wait_drawn()
    path = screenshots / f"taicang_door_{door}.png"
    seen.page.screenshot(path=path)
    assert path.stat().st_size > 100_000


def test_its_neighbourhoods_are_found_by_their_chinese_names(visit: Callable[..., Visit], taicang: str) -> None:
    seen = visit("#view=use", address=taicang, size=(1280, 800))
    seen.wait_drawn()
    seen.page.fill("#search-input", "社区")
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 3")
