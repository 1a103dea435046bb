"""One's own quarter: found by name, by tapping a house, by search and by link; map and page say the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.conftest import served
from tests.web.test_access import PHONE
from tests.web.test_doors import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Route

    from tests.web.conftest import Visit
    from twin.store import Store

pytestmark = pytest.mark.browser

CARD = "document.querySelector('#door-neighbourhood .headline')"
FAILED = "#door-neighbourhood [role=alert]"
#: All texts of some elements, apart from each other.
TEXTS = """parts => parts.map(part => {
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walk.nextNode()) texts.push(walk.currentNode.data);
    return texts.join(" ");
}).join(" ")"""


@pytest.fixture(scope="module")
def quarter(toy: str) -> str:
    """A quarter with homes enough to be told of."""
    found = [item["id"] for item in ask(toy, "/api/neighbourhoods")["neighbourhoods"]]
    told: str = next(item for item in found if ask(toy, f"/api/neighbourhoods/{item}/footprint")["homes"])
    return told


@pytest.fixture(scope="module")
def house(toy: str, quarter: str) -> dict[str, Any]:
    """A house of that quarter."""
    found = [ask(toy, f"/api/buildings/file:h{number}") for number in (1, 2, 3)]
    house: dict[str, Any] = next(one for one in found if one["neighbourhood_id"] == quarter)
    return house


@pytest.fixture(scope="module")
def taicang(taicang_store: Store) -> Iterator[str]:
    with served(taicang_store, "taicang") as address:
        yield address


def near(house: dict[str, Any], view: str = "height") -> str:
    lon, lat = house["centre"]
    return f"#door=neighbourhood&view={view}&at={lat},{lon},18,0,0"


def break_off(page: Page, address: str) -> None:
    page.route(address, lambda route: route.abort())


@pytest.mark.parametrize(("size", "touch", "view", "kind"), [
    ((900, 600), False, "height", "building"), ((900, 600), False, "footprint", "parcel"),
    (PHONE, True, "height", "building"),
])
def test_a_tap_on_ones_house_opens_its_quarter_and_not_the_house(
    visit: Callable[..., Visit], toy: str, house: dict[str, Any], *, size: tuple[int, int], touch: bool, view: str,
    kind: str,
) -> None:
    seen = visit(near(house, view), address=toy, size=size, touch=touch)
    seen.wait_drawn()
    place = seen.place(*house["centre"])
    seen.page.touchscreen.tap(*place) if touch else seen.page.mouse.click(*place)
    seen.wait(CARD)
    assert seen.page.evaluate("zonetwin.state.quarter") == house["neighbourhood_id"]
    assert seen.page.locator("#door-neighbourhood .headline").is_visible()
    assert seen.page.input_value("#quarter") == house["neighbourhood_id"]
    assert not seen.page.locator("#panel").is_visible()
    seen.page.get_by_role("button", name=f"What is known of this {kind}").click()
    seen.wait("!document.querySelector('#panel').hidden && zonetwin.state.feature")
    assert seen.page.evaluate("zonetwin.state.selection.kind") == kind


def test_a_tap_puts_an_open_house_away(visit: Callable[..., Visit], toy: str, house: dict[str, Any]) -> None:
    seen = visit(f"{near(house)}&select=building/{house['id']}", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.wait("!document.querySelector('#panel').hidden")
    seen.page.mouse.click(*seen.place(*house["centre"]))
    seen.wait(f"{CARD} && document.querySelector('#panel').hidden")


def test_behind_other_doors_a_tap_opens_the_house(visit: Callable[..., Visit], toy: str, house: dict[str, Any]) -> None:
    seen = visit(near(house).replace("neighbourhood", "plan"), address=toy)
    seen.wait_drawn()
    seen.page.mouse.click(*seen.place(*house["centre"]))
    seen.wait("!document.querySelector('#panel').hidden && zonetwin.state.feature")
    assert seen.page.evaluate("zonetwin.state.quarter") is None


def test_a_house_of_no_quarter_says_so(visit: Callable[..., Visit], toy: str, house: dict[str, Any]) -> None:
    def without(route: Route) -> None:
        route.fulfill(json={**house, "neighbourhood_id": None})

    seen = visit(near(house), address=toy)
    seen.wait_drawn()
    seen.page.route("**/api/buildings/**", without)
    seen.page.mouse.click(*seen.place(*house["centre"]))
    seen.wait("document.querySelector('#door-neighbourhood .link-like')")
    assert "No quarter is known" in seen.page.locator("#door-neighbourhood").inner_text()


def test_a_quarter_that_was_searched_for_opens_in_its_door(visit: Callable[..., Visit], toy: str, quarter: str) -> None:
    name = next(item["name"] for item in ask(toy, "/api/neighbourhoods")["neighbourhoods"] if item["id"] == quarter)
    seen = visit(address=toy)
    seen.wait_drawn()
    seen.page.fill("#search-input", name)
    option = seen.page.locator("#search-results [role=option]", has_text="Neighbourhood").first
    option.wait_for()
    option.click()
    seen.wait(CARD)
    assert seen.page.locator("#tab-neighbourhood").get_attribute("aria-selected") == "true"
    assert seen.page.evaluate("[zonetwin.state.quarter, zonetwin.state.view]") == [quarter, "footprint"]


def test_the_page_hands_its_language_to_the_map(visit: Callable[..., Visit], toy: str, quarter: str) -> None:
    seen = visit(f"n/{quarter}?lang=fr", address=toy)
    seen.page.get_by_role("link", name="Ouvrir ce quartier sur la carte").click()
    seen.wait(CARD)
    assert seen.page.evaluate("document.documentElement.lang") == "fr-FR"
    assert "par habitant et par an" in seen.page.locator("#door-neighbourhood").inner_text()
    seen.wait("location.hash.includes('release=')")
    seen.page.reload()
    seen.wait(CARD)
    assert seen.page.evaluate("document.documentElement.lang") == "fr-FR"
    assert seen.page.evaluate("localStorage.length") == 0
    seen.page.select_option("#language", "en")
    seen.wait("document.documentElement.lang === 'en-GB' && !location.hash.includes('lang=')")


def test_a_link_changes_the_language_of_an_open_map(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy)
    seen.wait_drawn()
    seen.go("#door=neighbourhood&lang=de")
    seen.wait("document.documentElement.lang === 'de-DE' && document.querySelector('#quarter')")
    assert "Quartier" in seen.page.locator("#door-neighbourhood").inner_text()
    seen.go("#door=plan&lang=klingon")
    seen.wait("zonetwin.state.door === 'plan'")
    assert seen.page.evaluate("document.documentElement.lang") == "de-DE"


def figures(text: str) -> set[str]:
    """Return all numbers of a text as they are written, spaces of any kind alike."""
    return set(re.findall(r"\d[\d.,\u202f]*\d|\d", text.replace("\u00a0", " ")))


@pytest.mark.parametrize("language", ["en", "zh", "fr", "de"])
def test_the_page_and_the_map_write_the_same_figures(visit: Callable[..., Visit], taicang: str, language: str) -> None:
    seen = visit("#door=neighbourhood&quarter=file:n004", address=taicang, language=language)
    seen.wait(CARD)
    card = seen.page.locator("#door-neighbourhood :is(section, table)").evaluate_all(TEXTS)
    page = visit(f"n/file:n004?lang={language}", address=taicang).page
    told = page.locator("section.card:not(.share)").evaluate_all(TEXTS)
    assert figures(card) == figures(told)
    assert "MWh" in card


def test_the_card_says_what_meters_cover_and_what_its_marks_mean(visit: Callable[..., Visit], taicang: str) -> None:
    seen = visit("#door=neighbourhood&quarter=file:n004", address=taicang)
    seen.wait(CARD)
    cell = ask(taicang, "/api/neighbourhoods/file:n004/footprint")["measured"][0]
    told = seen.page.locator("#door-neighbourhood").inner_text()
    assert f"{cell['meters']:.0f} meters read" in told
    assert f"cover {100 * cell['coverage']:.3g}% of the year" in told
    modelled = float(f"{cell['modelled_amount'] / 1000:.3g}")
    assert f"the model alone gives {modelled:,.0f} MWh" in told
    assert seen.page.locator("#door-neighbourhood .key i").count() == 3
    assert len(re.findall(r"\([\d.,]+ to [\d.,]+ kg CO₂e\)", told)) == 3


def test_a_failure_is_told_once_and_mended_by_a_retry(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy, may_complain=True)
    seen.wait_drawn()
    break_off(seen.page, "**/api/neighbourhoods?*")
    for _ in range(3):
        seen.page.click("#tab-neighbourhood")
        seen.wait(f"document.querySelectorAll('{FAILED}').length === 1")
        seen.page.click("#tab-zone")
    seen.page.click("#tab-neighbourhood")
    seen.wait("!document.querySelector('#door-neighbourhood').ariaBusy")
    assert seen.page.locator(FAILED).count() == 1
    assert "Failed to fetch" not in seen.page.locator("#door-neighbourhood").inner_text()
    seen.page.unroute("**/api/neighbourhoods?*")
    seen.page.locator(f"{FAILED} button").click()
    seen.wait("document.querySelector('#quarter option:nth-child(2)')")
    assert seen.page.locator(FAILED).count() == 0


def test_figures_that_do_not_come_leave_the_chooser(visit: Callable[..., Visit], toy: str, quarter: str) -> None:
    seen = visit("#door=neighbourhood", address=toy, may_complain=True)
    seen.wait("document.querySelector('#quarter option:nth-child(2)')")
    break_off(seen.page, "**/footprint?*")
    for _ in range(2):
        seen.page.select_option("#quarter", quarter)
        seen.wait(f"document.querySelectorAll('{FAILED}').length === 1")
        seen.page.select_option("#quarter", "")
        seen.wait(f"document.querySelectorAll('{FAILED}').length === 0")
    seen.page.select_option("#quarter", quarter)
    seen.wait(f"document.querySelectorAll('{FAILED}').length === 1")
    seen.page.unroute("**/footprint?*")
    seen.page.locator(f"{FAILED} button").click()
    seen.wait(CARD)
    assert seen.page.input_value("#quarter") == quarter


def test_an_unknown_quarter_in_a_link_leaves_the_chooser(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=neighbourhood&quarter=nowhere", address=toy, may_complain=True)
    seen.wait("document.querySelector('#quarter option:nth-child(2)')")
    seen.wait("!document.querySelector('#door-neighbourhood').ariaBusy")
    assert not seen.page.locator("#message").is_visible()
    assert seen.page.locator("#quarter").is_enabled()
