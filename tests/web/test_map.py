"""The map in a real browser: what a visitor sees and does."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
import rasterio

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


def ask(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}{path}") as answer:  # noqa: S310 our own server
        return json.load(answer)


@pytest.fixture(scope="module")
def department_store(helsinki: str) -> dict[str, Any]:
    """A large building with a name: Stockmann's."""
    found = ask(helsinki, "/api/search?q=Stockmann")["results"]
    return next(item for item in found if item["kind"] == "building")


@pytest.fixture(scope="module")
def charging_station(helsinki: str) -> dict[str, Any]:
    table = ask(helsinki, "/export/energy_asset.geojson")["features"]
    found = next(item for item in table if item["properties"]["kind"] == "charging_station")
    lon, lat = found["geometry"]["coordinates"]
    return {"id": found["properties"]["asset_id"], "lon": lon, "lat": lat}


def at(lon: float, lat: float, zoom: float = 17.5, pitch: int = 0) -> str:
    return f"at={lat},{lon},{zoom},{pitch},0"


def colours(page: Page) -> int:
    """Return how many colours the middle of the window shows."""
    with rasterio.MemoryFile(page.screenshot()) as file, file.open() as image:
        bands = image.read([1, 2, 3])[:, 100:-100, 350:-100]
    return len({tuple(pixel) for pixel in bands.reshape(3, -1).T.tolist()})


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_map_is_drawn_with_its_sources(visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.wait_drawn()
    assert seen.page.title() == "Helsinki, city centre · zonetwin"
    credit = seen.page.locator("#attribution a")
    assert credit.is_visible()
    assert credit.get_attribute("href") == "https://www.openstreetmap.org/copyright"
    assert colours(seen.page) > 200


def test_click_on_a_building_tells_what_is_known_of_it(
    visit: Callable[..., Visit], department_store: dict[str, Any], helsinki: str
) -> None:
    seen = visit(f"#view=height&{at(*department_store['centre'])}")
    seen.wait_drawn()
    seen.page.mouse.click(*seen.place(*department_store["centre"]))
    seen.wait("!document.querySelector('#panel').hidden && !document.querySelector('#panel').ariaBusy")
    panel = seen.page.locator("#panel")
    assert panel.locator("h2").inner_text() == department_store["name"]
    assert department_store["id"] in panel.locator("header").inner_text()
    known = ask(helsinki, f"/api/buildings/{department_store['id']}")["groups"][0]["values"]
    height = next(value for value in known if value["column"] == "height_m")
    row = panel.locator(".row", has_text="Height").first.inner_text()
    assert f"{height['value']:g}" in row
    assert "no data" not in panel.inner_text()


def test_what_is_not_known_stands_in_one_line(visit: Callable[..., Visit], helsinki: str) -> None:
    parcel = ask(helsinki, "/api/search?q=derived:&limit=1")["results"][0]["id"]
    seen = visit(f"#view=far&select=parcel/{parcel}")
    seen.wait("document.querySelector('#panel .absent')")
    assert seen.page.locator("#panel .absent").first.inner_text().startswith("No data: ")
    assert seen.page.locator("#panel section:not(.shown)", has_text="Parcel").first.locator(".absent").count() == 1


def test_click_on_an_energy_asset_opens_it(visit: Callable[..., Visit], charging_station: dict[str, Any]) -> None:
    seen = visit(f"#view=energy_assets&{at(charging_station['lon'], charging_station['lat'])}")
    seen.wait_drawn()
    seen.page.mouse.click(*seen.place(charging_station["lon"], charging_station["lat"]))
    seen.wait("zonetwin.state.feature && !document.querySelector('#panel').hidden")
    assert seen.page.locator("#panel h2").inner_text() == "Charging station"
    assert charging_station["id"] in seen.page.locator("#panel header").inner_text()
    assert seen.page.evaluate("zonetwin.deck.props.layers.find(({id}) => id === 'selection').props.data.length") == 1


def test_click_on_nothing_closes_the_panel(visit: Callable[..., Visit], department_store: dict[str, Any]) -> None:
    seen = visit(f"#view=height&select=building/{department_store['id']}")
    seen.wait("!document.querySelector('#panel').hidden")
    seen.wait_drawn()
    seen.page.mouse.click(400, 30)
    seen.wait("document.querySelector('#panel').hidden")
    assert seen.page.evaluate("zonetwin.state.selection") is None


def test_other_quantity_needs_no_new_tiles(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height")
    seen.wait_drawn()
    tiles = [url for url in seen.requests if "/tiles/" in url and "energy_asset" not in url]
    assert tiles
    for title in ("Building use", "Floor area ratio", "Building emissions"):
        if title == "Building emissions":
            seen.page.locator("#quantity-list summary", has_text="Construction").click()
        seen.page.get_by_role("button", name=title, exact=True).click()
        seen.wait(f"document.querySelector('#legend h2').innerText.startsWith({title!r})")
        seen.wait_drawn()
    assert [url for url in seen.requests if "/tiles/" in url and "energy_asset" not in url] == tiles
    assert seen.page.evaluate("zonetwin.state.view") == "emissions"


@pytest.mark.parametrize("view", ["use", "emissions"])
def test_colours_say_how_many_have_them(visit: Callable[..., Visit], helsinki: str, view: str) -> None:
    seen = visit(f"#view={view}")
    seen.wait_drawn()
    told = seen.wait("document.querySelector('#legend .unseen')?.textContent")
    counts = [int(part.rsplit(": ", 1)[1]) for part in told.split("; ")]
    assert sum(counts) == ask(helsinki, "/api/zone")["counts"]["building"]


def test_search_goes_there(visit: Callable[..., Visit], department_store: dict[str, Any]) -> None:
    seen = visit("#view=height")
    seen.wait_drawn()
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("stockm")
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 0")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Enter")
    seen.wait("zonetwin.state.feature")
    assert seen.page.evaluate("zonetwin.state.feature.id") == department_store["id"]
    camera = seen.page.evaluate("zonetwin.state.camera")
    assert abs(camera["longitude"] - department_store["centre"][0]) < 0.003
    assert camera["zoom"] > 15


def test_search_says_when_nothing_is_found(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height")
    seen.wait_drawn()
    seen.page.fill("#search-input", "qqqqzz")
    seen.wait("!document.querySelector('#search-results').hidden")
    assert "qqqqzz" in seen.page.locator("#search-results").inner_text()


def test_chinese_is_spoken_everywhere(visit: Callable[..., Visit], department_store: dict[str, Any]) -> None:
    seen = visit(f"#view=emissions&select=building/{department_store['id']}")
    seen.wait_drawn()
    seen.page.select_option("#language", "zh")
    seen.wait("document.documentElement.lang === 'zh-Hans-CN' && !document.querySelector('#panel').ariaBusy"
              " && document.querySelector('#panel .kicker').innerText === '建筑 · 2025 年现状'")
    assert seen.page.locator("#legend h2").inner_text().startswith("建筑碳排放")
    assert seen.page.locator("#search-input").get_attribute("placeholder") == "建筑、街道、地块"
    texts = seen.page.evaluate("[...document.querySelectorAll('#column button, #column dt, #panel dt, #panel .absent, "
                               "#panel h3, #column summary, #panel .unit')].map(({innerText}) => innerText.trim())")
    english = [text for text in texts if text and text.isascii() and any(sign.isalpha() for sign in text)]
    assert [text for text in english if text not in {"m", "kWh", "MWh", "GWh", "FAR", "NE", "NO"}] == []


def test_theme_changes_and_is_remembered(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height")
    seen.wait_drawn()
    light = seen.page.evaluate("zonetwin.state.spec.metadata.background")
    seen.page.click("#theme-button")
    seen.wait("zonetwin.state.spec.metadata.background[0] < 60")
    assert light[0] > 200
    seen.page.reload()
    seen.wait_drawn()
    assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_keyboard_alone_is_enough(visit: Callable[..., Visit], department_store: dict[str, Any]) -> None:
    seen = visit("#view=height")
    seen.wait_drawn()
    press = seen.page.keyboard.press
    press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    press("Enter")
    press("Tab")
    seen.page.focus("#map canvas")
    before = seen.page.evaluate("zonetwin.state.camera.longitude")
    press("ArrowRight")
    seen.wait(f"zonetwin.state.camera.longitude !== {before}")
    seen.page.get_by_role("button", name="Building use").focus()
    press("Enter")
    seen.wait("zonetwin.state.view === 'use'")
    assert seen.page.evaluate("document.activeElement.innerText") == "Building use"
    press("/")
    seen.page.keyboard.type(department_store["name"])
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 0")
    press("ArrowDown")
    press("Enter")
    seen.wait("!document.querySelector('#panel').hidden")
    seen.page.focus("#panel .plain")
    press("Escape")
    seen.wait("document.querySelector('#panel').hidden")
    assert seen.page.evaluate("document.activeElement.tagName") == "CANVAS"


def test_link_shows_what_its_sender_saw(visit: Callable[..., Visit], department_store: dict[str, Any]) -> None:
    lon, lat = department_store["centre"]
    seen = visit(f"#view=year_built&{at(lon, lat, 16.5, 40)}&select=building/{department_store['id']}")
    seen.wait_drawn()
    seen.wait("zonetwin.state.feature")
    assert seen.page.evaluate("zonetwin.state.view") == "year_built"
    assert seen.page.evaluate("Math.round(zonetwin.state.camera.pitch)") == 40
    seen.wait("location.hash.includes('view=year_built') && location.hash.includes('select=building/')")


ODD_LINKS = (
    "#view=constructor&select=__proto__/x", "#at=91,181,99,99,99", "#view=height&view=use&&&==",
    "#view=%3Cscript%3E&at=nan,1,2,3,4&select=building/../../etc/passwd", f"#select=building/{'x' * 500}",
)


def test_odd_links_still_open_the_map(visit: Callable[..., Visit]) -> None:
    seen = visit(ODD_LINKS[0], may_complain=True)  # the browser notes each 404 of the last two
    seen.wait_drawn()
    for fragment in ODD_LINKS[1:]:
        seen.go(fragment)
        seen.wait_drawn()
        assert seen.page.locator("#legend h2").inner_text()
        assert seen.page.locator("#message").is_hidden()
    seen.wait("!document.querySelector('#panel').hidden")
    assert [said for said in seen.complaints if "status of 4" not in said] == []


def test_absent_server_is_told_and_asked_again(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height", may_complain=True)
    seen.wait_drawn()
    seen.page.context.set_offline(True)
    seen.page.get_by_role("button", name="Building use").click()
    seen.wait("!document.querySelector('#message').hidden")
    assert seen.page.locator("#message-title").inner_text() == "The server does not answer"
    assert seen.page.evaluate("document.activeElement.id") == "message-retry"
    seen.page.context.set_offline(False)
    seen.page.click("#message-retry")
    seen.wait("zonetwin.state.view === 'use'")
    assert seen.page.locator("#message").is_hidden()


def test_missing_tiles_are_told_and_asked_again(visit: Callable[..., Visit]) -> None:
    seen = visit("#view=height", may_complain=True, blocked="**/tiles/**")
    seen.wait("!document.querySelector('#message').hidden")
    seen.page.unroute("**/tiles/**")
    seen.page.click("#message-retry")
    seen.wait_drawn()
    assert seen.page.locator("#message").is_hidden()
