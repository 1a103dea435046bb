"""Every figure of a parcel opens, in the browser, down to factors, sources and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import served
from tests.web.test_access import PHONE, faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.web.conftest import Visit
    from twin.store import Store

pytestmark = pytest.mark.browser

SELECTED = "#view=footprint&select=parcel/file:A1"


@pytest.fixture(scope="module")
def toy(toy_store: Store) -> Iterator[str]:
    with served(toy_store, "toy") as address:
        yield address


def open_chain(seen: Visit, name: str = "Emissions") -> None:
    """Open what a figure is called, then how it was computed."""
    seen.wait("!document.querySelector('#panel').hidden && !document.querySelector('#panel').ariaBusy")
    press_how(seen, name)
    seen.wait("document.querySelector('#explain[open] .entry')")


def press_how(seen: Visit, name: str = "Emissions") -> None:
    row = seen.page.locator("#panel .row").filter(has=seen.page.get_by_text(name, exact=True)).first
    row.locator("summary").click()
    row.locator("button.how").click()


def test_a_footprint_opens_down_to_its_factors_and_files(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(SELECTED, address=toy)
    seen.wait_drawn()
    open_chain(seen)
    text = seen.page.locator("#explain").inner_text()
    for words in ("x 31.5 kWh/(m2 a)", "Emission factor of the grid", "31.5 kWh/(m²·yr)",
                  "Jiangsu", "Announcement 2025 No. 47", "file:h1",
                  "buildings.geojson", "parcel_ledger.sql", "An invented example"):
        assert words in text
    seen.page.locator("#explain .sql summary").first.click()
    assert "select" in seen.page.locator("#explain pre").first.inner_text()
    assert seen.harm() == []


def test_the_chain_is_read_and_closed_by_keys_alone(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(SELECTED, address=toy)
    seen.wait_drawn()
    open_chain(seen)
    assert seen.page.evaluate("document.activeElement.closest('#explain') !== null")
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator("#explain").is_visible()
    assert seen.page.locator("#panel").is_visible()
    assert seen.page.evaluate("document.activeElement.className") == "how"


@pytest.mark.parametrize("language", ["en", "zh", "fr", "de"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_chain(visit: Callable[..., Visit], toy: str, language: str, theme: str) -> None:
    seen = visit(SELECTED, address=toy, language=language, theme=theme)
    seen.wait_drawn()
    seen.wait("document.querySelector('#panel .row summary')")
    seen.page.evaluate("document.querySelectorAll('#panel details').forEach(item => { item.open = true; })")
    assert faults(seen) == []
    seen.page.locator("#panel button.how").nth(2).click()
    seen.wait("document.querySelector('#explain[open] .entry')")
    assert faults(seen) == []


def test_the_chain_fits_a_phone(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(SELECTED, address=toy, size=PHONE, touch=True)
    seen.wait_drawn()
    open_chain(seen)
    box = seen.page.locator("#explain").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["width"] <= PHONE[0]
    assert seen.page.evaluate("document.querySelector('#explain .scroll').scrollWidth") <= PHONE[0]


def test_a_figure_whose_chain_does_not_come_can_be_asked_for_again(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(SELECTED, address=toy)
    seen.may_complain = True
    seen.wait_drawn()
    seen.page.route("**/explain?*", lambda route: route.abort())
    press_how(seen)
    seen.wait("document.querySelector('#explain .action')")
    seen.page.unroute("**/explain?*")
    seen.page.locator("#explain .action").click()
    seen.wait("document.querySelector('#explain .entry')")


def test_the_chain_speaks_chinese(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(SELECTED, address=toy, language="zh")
    seen.wait_drawn()
    open_chain(seen, "排放量")
    titles = seen.page.locator("#explain .entry > p:first-child span").all_inner_texts()
    amounts = seen.page.locator("#explain .entry > p:first-child b").all_inner_texts()
    assert "电网排放因子" in titles
    assert any("电力" in title for title in titles)
    for text in [*titles, *amounts]:
        for raw in ("grid_emission", "_intensity", "electricity", "kgCO2", "(m2 a)"):
            assert raw not in text
    told = seen.page.locator("#explain .entry .meta").all_inner_texts()
    assert any(text.startswith("江苏 ") for text in told)
    assert not any(text.startswith(("Jiangsu", "East China", "China", "World")) for text in told)
