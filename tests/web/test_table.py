"""The map as a table: its rows, its file, its keys, and its place where no map can be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import Visit
from tests.web.test_tools import PANEL, ask, drag

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_the_table_is_the_map_in_rows(seen: Visit, toy: str) -> None:
    page = seen.page
    page.click("#table-button")
    seen.wait("document.querySelector('#table tbody tr')")
    known = ask(toy, "/api/table/use")
    assert page.locator("#table tbody tr").count() == known["count"]
    page.click("#table [data-sort=floor_area_m2]")
    seen.wait("document.querySelector('#table th[aria-sort=descending] [data-sort=floor_area_m2]')")
    largest = ask(toy, "/api/table/use?sort=floor_area_m2")["rows"][0]["id"]
    assert page.locator("#table tbody th").first.inner_text() == largest
    page.fill("#table-filter", "h2")
    seen.wait("document.querySelectorAll('#table tbody tr').length === 1")
    page.locator("#table tbody button").click()
    seen.wait(f"{PANEL} && zonetwin.state.selection.id === 'file:h2'")
    page.focus("#table-filter")
    page.keyboard.press("Escape")
    assert page.locator("#table").is_hidden()


def test_without_webgl_the_table_serves(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#view=height", address=toy, blocked="**/static/deck.js", may_complain=True)
    seen.wait("!document.querySelector('#message').hidden && zonetwin.state.view === 'height'")
    seen.page.evaluate("document.querySelector('#table-button').click()")
    seen.wait("document.querySelector('#table tbody tr')")
    assert seen.page.locator("#table tbody tr").count() == ask(toy, "/api/table/height")["count"]


def test_what_cannot_draw_opens_the_table_and_keeps_its_link(browser: Browser, toy: str) -> None:
    page = browser.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{toy}/#door=plan&view=height")
    seen = Visit(page, toy)
    seen.wait("document.querySelectorAll('#table tbody tr').length > 0 && !document.querySelector('#message').hidden")
    assert "The table shows the same" in page.locator("#message-text").inner_text()
    page.locator("#table tbody button").first.click()
    seen.wait(f"{PANEL} && location.hash.includes('select=building/file:')")
    page.close()


def test_the_row_that_opened_a_panel_has_the_focus_again(seen: Visit) -> None:
    seen.page.click("#table-button")
    seen.wait("document.querySelector('#table tbody button')")
    seen.page.locator("#table tbody button").nth(1).focus()
    seen.page.keyboard.press("Enter")
    seen.wait(PANEL)
    seen.page.keyboard.press("Escape")
    seen.wait("document.querySelector('#panel').hidden")
    assert seen.page.evaluate("document.activeElement === document.querySelectorAll('#table tbody button')[1]")


def test_the_table_has_the_rows_that_the_legend_leaves(seen: Visit) -> None:
    seen.page.click("#table-button")
    seen.wait("document.querySelector('#table tbody tr')")
    seen.page.locator("#legend .class", has_text="Residential").click()
    seen.wait("[...document.querySelectorAll('#table tbody tr')].every(row => !row.innerText.includes('Residential'))")
    with seen.page.expect_download() as caught:
        seen.page.click("#table-export")
    lines = Path(caught.value.path()).read_text("utf-8").splitlines()
    assert len(lines) - 1 == seen.page.locator("#table tbody tr").count()
    assert not any(",residential," in line for line in lines)


def test_a_drawn_area_has_its_table(seen: Visit, toy: str) -> None:
    seen.page.click("[data-tool=rectangle]")
    drag(seen.page, (360, 90), (800, 780))
    seen.wait(f"{PANEL} && document.querySelector('#panel .class-bars')")
    seen.page.get_by_role("button", name="As a table", exact=True).click()
    seen.wait("document.querySelectorAll('#table tbody tr').length > 0")
    count = seen.page.locator("#table tbody tr").count()
    assert 0 < count < ask(toy, "/api/table/use")["count"]
    assert f"{count} Buildings" in seen.page.locator("#panel").inner_text()
    assert "Drawn area" in seen.page.locator("#table-count").inner_text()
