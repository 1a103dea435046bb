"""Who cannot see, point or read Latin letters uses the map as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Route

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

PHONE = (390, 844)
TOOLS = ("#layers-button", "#theme-button", "#language", "#compass", "#pitch", "#home", "#table-button", "#select-seen",
         "#share-button", "#print-button")


def faults(seen: Visit) -> list[str]:
    """Return what axe objects to."""
    found = Axe().run(seen.page)
    return [f"{item['id']}: {item['nodes'][0]['html'][:120]}" for item in found.response["violations"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_a_desk(visit: Callable[..., Visit], theme: str) -> None:
    seen = visit("#view=use&select=building/osm:way/122595241", theme=theme)
    seen.wait_drawn()
    seen.wait("!document.querySelector('#panel').hidden")
    assert faults(seen) == []
    seen.page.click("#layers-button")
    seen.page.click("#table-button")
    seen.wait("document.querySelector('#table tbody tr')")
    seen.page.fill("#search-input", "katu")
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 0")
    assert faults(seen) == []


def test_axe_finds_nothing_on_a_phone(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=emissions", size=PHONE, touch=True, language="zh")
    seen.wait_drawn()
    assert faults(seen) == []
    seen.page.click("#menu-open")
    assert faults(seen) == []
    seen.page.click("#menu-close")
    seen.go("#view=far&select=building/osm:way/122595241")
    seen.wait("zonetwin.state.feature && !document.querySelector('#panel').hidden")
    assert faults(seen) == []


def test_axe_finds_nothing_while_tiles_load(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=emissions")
    held: list[Route] = []
    seen.page.route("**/tiles/*/parcel/**", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks its handlers)
    seen.page.reload()
    seen.wait("window.zonetwin !== undefined && zonetwin.ready && !document.querySelector('#progress').hidden")
    assert faults(seen) == []
    for route in held:
        route.continue_()
    seen.wait_drawn()


def test_axe_finds_nothing_when_two_quantities_lie_side_by_side(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=emissions&compare=height")
    seen.wait_drawn()
    seen.wait("document.querySelector('#map-right canvas') && !document.querySelector('#legend-right').hidden")
    assert faults(seen) == []


def test_every_control_has_a_name_and_room_for_a_finger(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height", size=PHONE, touch=True)
    seen.wait_drawn()
    for selector in TOOLS:
        found = seen.page.locator(selector)
        assert found.get_attribute("aria-label")
        box = found.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 32


def test_text_may_be_twice_as_large(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=use&select=building/osm:way/122595241", size=(1280, 800))
    seen.wait("!document.querySelector('#panel').hidden")
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = seen.page.evaluate("[...document.querySelectorAll('#panel, #door, #title')]"
                              ".filter(card => card.scrollWidth > card.clientWidth + 1).map(({id}) => id)")
    assert wide == []
