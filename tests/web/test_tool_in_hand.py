"""With a tool in hand the page stays usable, and the map can still be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

ZOOM = "zonetwin.state.camera.zoom"
CENTRE = "[zonetwin.state.camera.longitude, zonetwin.state.camera.latitude]"


def test_the_column_can_be_used_while_one_measures(seen: Visit) -> None:
    seen.page.click("[data-tool=measure]")
    seen.page.click("#tab-energy")
    assert seen.page.locator("#tab-energy").get_attribute("aria-selected") == "true"
    assert seen.page.evaluate("zonetwin.state.measured.length") == 0
    seen.page.fill("#search-input", "b")
    seen.page.click("#zoom-in")
    assert seen.page.evaluate("zonetwin.state.measured.length") == 0


def test_the_map_moves_while_one_measures(seen: Visit) -> None:
    seen.page.click("[data-tool=measure]")
    zoom, centre = seen.page.evaluate(ZOOM), seen.page.evaluate(CENTRE)
    seen.page.mouse.move(800, 400)
    seen.page.mouse.wheel(0, -400)
    seen.wait(f"{ZOOM} > {zoom} + 0.1")
    seen.page.mouse.down()
    seen.page.mouse.move(860, 430, steps=4)
    seen.page.mouse.move(900, 450, steps=4)
    seen.page.mouse.up()
    seen.wait(f"String({CENTRE}) !== '{','.join(map(str, centre))}'")
    assert seen.page.evaluate("zonetwin.state.measured.length") == 0, "a pull is no click"
    seen.page.mouse.click(800, 400)
    seen.page.mouse.click(850, 420)
    assert seen.page.evaluate("zonetwin.state.measured.length") == 2
    assert seen.page.evaluate("zonetwin.state.selection") is None, "a corner opens nothing"


def test_a_tool_lowers_the_sheet_of_a_phone(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=plan&view=use", address=toy, size=(360, 740), touch=True)
    seen.wait_drawn()
    seen.page.click("#menu-open")
    seen.page.get_by_role("button", name="Draw a building").click()
    seen.wait("getComputedStyle(document.querySelector('#door')).display === 'none'")
    x, y = seen.page.evaluate("[innerWidth / 2 - 60, 330]")
    for dx, dy in ((0, 0), (40, 0), (40, 40)):
        seen.page.touchscreen.tap(x + dx, y + dy)
    assert seen.page.evaluate("zonetwin.state.measured.length") == 3


def test_the_map_has_a_name(seen: Visit) -> None:
    assert seen.page.locator("#map canvas").get_attribute("aria-label") == "3D map of the zone"
