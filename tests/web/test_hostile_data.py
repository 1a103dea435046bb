"""A zone whose every word is an attack: no script of it may run, anywhere."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import pytest
import shapely

from layers.release import build_release
from tests.web.conftest import served
from twin.store import Store
from twin.zone import make_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

ATTACK = "</script><img src=x onerror=alert(1)>\"'<svg onload=alert(2)>"
LON, LAT, SIDE = 121.1, 31.45, 0.0006  # a grid of boxes near Taicang [degrees]
# One key of each object says what it is; every other value is the attack.
KINDS = (
    {"building": "yes"}, {"building": ATTACK}, {"building": "residential", "building:levels": "4"},
    {"building": "office", "height": "30"}, {"power": "substation"}, {"power": "generator"}, {"leisure": "park"},
    {"natural": "water"}, {"landuse": ATTACK}, {"amenity": "charging_station"}, {"boundary": "administrative"},
    {"building:part": "yes"},
)
TEXTS = ("name", "name:en", "int_name", "official_name", "addr:street", "addr:housenumber", "addr:city", "ref",
         "operator", "building:use", "start_date", "roof:shape", "voltage", "generator:source", "description")


def square(column: int, row: int) -> list[tuple[float, float]]:
    """Return the corners of a box of the grid, closed."""
    west, south = LON + 2 * column * SIDE, LAT + 2 * row * SIDE
    return [*shapely.box(west, south, west + SIDE, south + SIDE).exterior.coords]


def osm_text() -> str:
    """Return an OSM file of boxes, a street and a point, all full of attacks."""
    nodes, ways = [], []

    def tags(kind: dict[str, str]) -> str:
        texts = dict.fromkeys(TEXTS, ATTACK) | kind
        return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in texts.items())

    def way(points: list[tuple[float, float]], kind: dict[str, str]) -> None:
        first = len(nodes) + 1
        ring = points[0] == points[-1]
        for lon, lat in points[:-1] if ring else points:
            nodes.append(f"<node id='{len(nodes) + 1}' version='1' lon='{lon}' lat='{lat}'/>")
        numbers = [*range(first, len(nodes) + 1), *([first] if ring else [])]
        references = "".join(f"<nd ref='{number}'/>" for number in numbers)
        ways.append(f"<way id='{len(ways) + 1}' version='1'>{references}{tags(kind)}</way>")

    for number, kind in enumerate(KINDS):
        way(square(number % 4, number // 4), kind)
    way([(LON - SIDE, LAT + 1.5 * SIDE), (LON + 8 * SIDE, LAT + 1.5 * SIDE)], {"highway": "residential"})
    point = f"<node id='999' version='1' lon='{LON + 7.2 * SIDE}' lat='{LAT}'>{tags({'power': 'transformer'})}</node>"
    return "<?xml version='1.0' encoding='UTF-8'?><osm version='0.6'>" + "".join([*nodes, point, *ways]) + "</osm>"


def lots_text() -> str:
    """Return four parcels whose every column is the attack."""
    features = [
        {"type": "Feature", "geometry": shapely.geometry.mapping(shapely.box(
            LON + (4 * column - 0.5) * SIDE, LAT + (4 * row - 0.5) * SIDE,
            LON + (4 * column + 3.4) * SIDE, LAT + (4 * row + 3.4) * SIDE)),
         "properties": {"lot": f"{ATTACK}{column}{row}", "use": ATTACK, "tenure": ATTACK}}
        for column in range(2) for row in range(2)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the zone of attacks."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "zone.osm").write_text(osm_text(), encoding="utf-8")
    (folder / "lots.geojson").write_text(lots_text(), encoding="utf-8")
    store = Store(folder / "store")
    build_release(make_zone(settings(folder), folder=folder, where="hostile"), store)
    with served(store, "hostile") as address:
        yield address


def settings(folder: Path) -> dict[str, Any]:
    columns = {"cadastral_ref": "lot", "land_use": "use", "tenure": "tenure"}
    return {
        "name": "hostile", "title": ATTACK, "notice": ATTACK, "crs": "EPSG:4549",
        "regions": ["Jiangsu", "East China", "China", "World"],
        "sources": {"osm": {"file": folder / "zone.osm", "attribution": ATTACK, "licence": ATTACK},
                    "parcels": {"file": folder / "lots.geojson", "columns": columns}},
    }


def ask(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}{path}") as answer:  # noqa: S310 our own server
        return json.load(answer)


def assert_harmless(seen: Visit) -> None:
    """Assert that the attack is text and nothing else."""
    assert seen.page.evaluate("document.querySelectorAll('img, svg[onload], [onerror], script:not([src])').length") == 0
    assert seen.harm() == []


def test_attack_reaches_the_page_as_text(visit: Callable[..., Visit], hostile: str) -> None:
    seen = visit("#view=use", address=hostile)
    seen.wait_drawn()
    assert seen.page.title().startswith(ATTACK)
    assert seen.page.locator("#zone-title").inner_text() == ATTACK
    assert seen.page.locator("#notice").inner_text() == ATTACK
    assert ATTACK in seen.page.locator("#attribution").inner_text()
    assert_harmless(seen)


def test_attack_in_tooltip_and_panel_is_text(visit: Callable[..., Visit], hostile: str) -> None:
    building = next(item for item in ask(hostile, "/api/search?q=onerror&limit=20")["results"]
                    if item["kind"] == "building")
    lon, lat = building["centre"]
    seen = visit(f"#view=use&at={lat},{lon},17.5,0,0", address=hostile)
    seen.wait_drawn()
    x, y = seen.place(lon, lat)
    seen.page.mouse.move(x - 3, y)
    seen.page.mouse.move(x, y)
    seen.wait("!document.querySelector('#tooltip').hidden")
    assert ATTACK in seen.page.locator("#tooltip").inner_text()
    seen.page.mouse.click(x, y)
    seen.wait("zonetwin.state.feature && !document.querySelector('#panel').hidden")
    assert ATTACK in seen.page.locator("#panel").inner_text()
    assert_harmless(seen)


def test_attack_in_parcels_assets_and_tables_is_text(visit: Callable[..., Visit], hostile: str) -> None:
    found = ask(hostile, "/api/search?q=img&limit=20")["results"]
    parcel = next(item["id"] for item in found if item["kind"] == "parcel")
    assets = ask(hostile, "/export/energy_asset.geojson")["features"]
    seen = visit(f"#view=far&select=parcel/{parcel}", address=hostile)
    seen.wait("zonetwin.state.feature && !document.querySelector('#panel').hidden")
    assert ATTACK in seen.page.locator("#panel").inner_text()
    for asset in assets:
        seen.go(f"#view=energy_assets&select=energy_asset/{asset['properties']['asset_id']}")
        seen.wait(f"zonetwin.state.feature?.id === '{asset['properties']['asset_id']}'")
    seen.page.click("#table-button")
    seen.wait("document.querySelector('#table tbody tr')")
    assert ATTACK in seen.page.locator("#table").inner_text()
    assert len(assets) >= 3
    assert_harmless(seen)


def test_attack_in_search_is_text(visit: Callable[..., Visit], hostile: str) -> None:
    seen = visit("#view=use", address=hostile)
    seen.wait_drawn()
    for query in (ATTACK[:60], "onerror", "<svg"):
        seen.page.fill("#search-input", query)
        seen.wait("document.querySelector('#search-results [role=option] small')")
        assert ATTACK in seen.page.locator("#search-results").inner_text()
    seen.page.fill("#search-input", f"{ATTACK}nothing")
    seen.wait("document.querySelector('#search-results .none')")
    seen.page.fill("#search-input", "onload")
    seen.wait("document.querySelector('#search-results [role=option] small')")
    seen.page.keyboard.press("Enter")
    seen.wait("zonetwin.state.camera.zoom > 14")
    assert_harmless(seen)


def test_attack_in_the_address_is_refused(visit: Callable[..., Visit], hostile: str) -> None:
    seen = visit(f"#view={ATTACK}&select=building/{ATTACK}&at={ATTACK}", address=hostile, may_complain=True)
    seen.wait("!document.querySelector('#panel').hidden")
    assert ATTACK[:20] in seen.page.locator("#panel").inner_text()
    assert_harmless(seen)


def test_attack_opened_by_itself_is_no_page(visit: Callable[..., Visit], hostile: str) -> None:
    seen = visit("#view=use", address=hostile, may_complain=True)
    for path in ("/api/zone", "/api/map-labels", "/api/search?q=onerror", "/views/use.json", "/export/parcel.csv"):
        with urllib.request.urlopen(f"{hostile}{path}") as answer:  # noqa: S310 our own server
            assert b"onerror" in answer.read() or path.startswith("/views")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            is_file = "attachment" in answer.headers.get("Content-Disposition", "")
        if not is_file:
            seen.page.goto(f"{hostile}{path}")
            assert seen.page.evaluate("document.querySelectorAll('img, svg').length") == 0
            assert seen.harm() == []
