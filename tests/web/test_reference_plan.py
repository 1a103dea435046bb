"""The embedded zone on the map: four pictures to be looked at, and that it says what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import served

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


def test_its_neighbourhoods_are_found_by_their_chinese_names(visit: Callable[..., Visit], taicang: str) -> None:
    seen = visit("#view=use", address=taicang, size=(1280, 800))
    seen.wait_drawn()
    seen.page.fill("#search-input", "社区")
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 3")
