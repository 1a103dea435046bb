"""Tools on the map: selection, measure, table, filter, sun, draft, links, print; by mouse and by keys alone."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import time
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from pvlib import solarposition
from pyproj import Geod

from server.catalogue import web_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

HOME = (120.4766, 31.4420)  # the middle of the toy zone
PANEL = "!document.querySelector('#panel').hidden"


def ask(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}{path}") as answer:  # noqa: S310 our own server
        return json.load(answer)


def drag(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_rectangle_sums_what_lies_in_it(seen: Visit, toy: str) -> None:
    seen.page.click("[data-tool=rectangle]")
    drag(seen.page, (360, 90), (1230, 780))
    seen.wait(f"{PANEL} && document.querySelector('#panel .class-bars')")
    counts = ask(toy, "/api/zone")["counts"]
    told = seen.page.locator("#panel").inner_text()
    assert f"{counts['building']} Buildings" in told
    assert "Gross floor area" in told
    assert seen.page.evaluate("zonetwin.state.tool") == ""
    assert "area=" in seen.wait("location.hash.includes('area=') && location.hash")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#panel").is_hidden()


def test_a_loop_selects_and_a_slip_does_not(seen: Visit) -> None:
    seen.page.click("[data-tool=lasso]")
    drag(seen.page, (600, 400), (602, 401))
    assert seen.page.evaluate("zonetwin.state.area") is None
    drag(seen.page, (400, 120), (1200, 120), (1200, 760), (400, 760))
    seen.wait("zonetwin.state.area !== null && document.querySelector('#panel .class-bars')")
    assert len(seen.page.evaluate("zonetwin.state.area")) > 4


def test_by_keys_alone_one_searches_selects_reads_switches_and_takes_away(seen: Visit) -> None:
    page = seen.page
    page.keyboard.press("/")
    page.keyboard.type("file:h2")
    seen.wait("document.querySelectorAll('#search-results [role=option]').length > 0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    seen.wait(f"{PANEL} && zonetwin.state.selection.id === 'file:h2'")
    assert "Height" in page.locator("#panel").inner_text()
    page.focus("#select-seen")
    page.keyboard.press("Enter")
    seen.wait("document.querySelector('#panel .saving')")
    page.keyboard.press("Escape")
    page.focus("#tab-zone")
    page.keyboard.press("ArrowRight")
    page.focus(".quantity[aria-pressed=false]")
    page.keyboard.press("Enter")
    seen.wait("zonetwin.state.view !== 'use'")
    page.focus("#select-seen")
    page.keyboard.press("Enter")
    seen.wait("document.querySelector('#panel .saving button')")
    page.focus("#panel .saving button")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert rows[0][0] == "building_id"
    assert len(rows) > 1


def test_the_filter_of_the_legend_hides_without_new_tiles(seen: Visit) -> None:
    seen.go("#door=plan&view=height")
    seen.wait("zonetwin.state.view === 'height' && document.querySelectorAll('.brush input').length === 2")
    seen.wait_drawn()
    before = [url for url in seen.requests if "/tiles/" in url]
    seen.page.locator(".brush input").first.focus()
    seen.page.keyboard.press("ArrowRight")
    seen.wait("zonetwin.state.filter !== null")
    least = seen.page.evaluate("zonetwin.state.filter.least")
    assert least == seen.page.evaluate("zonetwin.state.spec.metadata.legend.stops[1].low")
    assert seen.page.evaluate("document.activeElement.type") == "range"
    painted = seen.page.evaluate("""() => {
        const { getFillColor } = zonetwin.deck.props.layers.find(({ id }) => id === 'building').props;
        return [1, 99].map((height_m) => getFillColor({ properties: { height_m } }, {}));
    }""")
    assert painted[0][3] < 255
    assert painted[1] == seen.page.evaluate("zonetwin.state.spec.metadata.legend.stops.at(-1).colour")
    assert [url for url in seen.requests if "/tiles/" in url] == before
    assert f"filter={least:g}.." in seen.wait("location.hash.includes('filter') && location.hash")
    seen.page.get_by_role("button", name="Show all").click()
    assert seen.page.evaluate("zonetwin.state.filter") is None


def test_a_class_of_words_is_hidden_by_its_name(seen: Visit) -> None:
    seen.wait("document.querySelector('.class')")
    first = seen.page.locator(".class").first
    first.click()
    seen.wait("zonetwin.state.filter?.words.size === 1")
    assert seen.page.locator(".class").first.get_attribute("aria-pressed") == "false"


def test_lengths_and_areas_are_those_of_the_ellipsoid(seen: Visit) -> None:
    lon, lat = HOME
    places = [(lon, lat), (lon + 0.004, lat + 0.001), (lon + 0.003, lat + 0.005), (lon - 0.001, lat + 0.003)]
    found = seen.page.evaluate("""async (places) => {
        const { areaOf, lengthOf } = await import('/static/web/js/ground.js');
        return [lengthOf(places), areaOf(places)];
    }""", places)
    geod = Geod(ellps="WGS84")
    length = geod.line_length(*zip(*places, strict=True))
    area, _ = geod.polygon_area_perimeter(*zip(*places, strict=True))
    assert found[0] == pytest.approx(length, rel=1e-6)
    assert found[1] == pytest.approx(abs(area), rel=1e-4)


def test_clicks_measure_and_enter_takes_the_middle(seen: Visit) -> None:
    seen.page.click("[data-tool=measure]")
    seen.page.mouse.click(700, 400)
    seen.page.mouse.click(900, 400)
    seen.wait("document.querySelector('#readout strong')")
    places = seen.page.evaluate("zonetwin.state.measured")
    geod = Geod(ellps="WGS84")
    told = seen.page.locator("#readout").inner_text()
    assert f"{geod.line_length(*zip(*places, strict=True)):.3g}" in told
    seen.page.focus("#map canvas")
    seen.page.keyboard.press("Enter")
    seen.wait("document.querySelectorAll('#readout strong').length === 2")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#readout").is_hidden()


def test_the_hour_of_the_sun_is_true_solar_time(seen: Visit) -> None:
    days = ["2025-01-20", "2025-03-21", "2025-06-21", "2025-11-03"]
    lon, lat = HOME
    for day in days:
        noon = seen.page.evaluate(
            "async ([day, lon]) => (await import('/static/web/js/solar.js')).moment(day, 720, lon)", [day, lon])
        times = pd.DatetimeIndex([pd.Timestamp(noon, unit="ms", tz="UTC")])
        angle = solarposition.hour_angle(times, lon, solarposition.equation_of_time_spencer71(times.day_of_year))
        found = solarposition.get_solarposition(times, lat, lon)
        azimuth = float(found["azimuth"].iloc[0])
        assert abs(float(np.asarray(angle)[0])) < 0.2  # degrees: within a minute
        assert azimuth == pytest.approx(180, abs=1.0)


def test_the_sun_throws_shadows_and_its_light_stands_in_the_link(seen: Visit) -> None:
    seen.page.click("[data-tool=sun]")
    seen.wait("zonetwin.deck.props.effects[0].id === 'sunlight'")
    seen.page.locator("#sun-time").fill("540")
    seen.wait("zonetwin.state.sun.minutes === 540")
    shader = seen.page.evaluate("zonetwin.deck.layerManager.context.defaultShaderModules"
                                ".find(({ name }) => name === 'shadow')")
    assert "shadow_ofTexel" in shader["fs"]
    assert "gl_FragCoord.z" not in shader["fs"]
    assert "return seen;" in shader["vs"]  # else deck.gl has other shaders now, and its own shadows are drawn
    assert "09:00 true solar time" in seen.page.locator("#sun-box output").inner_text()
    seen.wait("location.hash.includes('sun=2025-06-21T540')")
    seen.page.click("[data-tool=measure]")  # the shadows stay, and it is told whose they are
    assert "09:00 true solar time" in seen.page.locator("#sun-box output").inner_text()
    assert seen.page.locator("#sun-time").count() == 0
    seen.page.get_by_role("button", name="Without shadows").click()
    seen.wait("zonetwin.deck.props.effects[0].id !== 'sunlight'")
    assert seen.page.locator("#sun-box").is_hidden()


def test_a_drawn_building_is_judged(seen: Visit) -> None:
    seen.page.get_by_role("button", name="Draw a building").click()
    seen.page.get_by_role("button", name="Put one at the middle of the map").click()
    seen.wait("document.querySelector('#draft-answer .verdicts, #draft-answer [role=alert]')", 120)
    answer = seen.page.locator("#draft-answer").inner_text()
    for part in ("limits", "Gross floor area", "Sunlight of the neighbours",
                 "Photovoltaics of the neighbours"):
        assert part in answer
    before = seen.page.locator("#draft-answer .row", has_text="Gross floor area").inner_text()
    seen.page.fill("#draft-storeys", "12")
    rows = "[...document.querySelectorAll('#draft-answer .row')]"
    seen.wait("!document.querySelector('#draft-answer').ariaBusy && "
              f"!{rows}.some(row => row.innerText === {json.dumps(before)})")
    link = urllib.parse.unquote(seen.wait("location.hash.includes('draft=12') && location.hash"))
    assert "draft=12~residential" in link
    assert seen.page.evaluate("zonetwin.deck.props.layers.find(({id}) => id === 'draft').props.data.length") == 1


def test_a_building_is_changed_where_it_stands(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#view=use&select=building/file:h2", address=toy, size=(1280, 800))
    seen.wait(PANEL)
    levels = seen.page.evaluate(
        "zonetwin.state.feature.groups[0].values.find(({column}) => column === 'levels').value")
    seen.page.get_by_role("button", name="Change this building").click()
    seen.wait("document.querySelector('#draft-answer .verdicts, #draft-answer [role=alert]')", 120)
    assert "Change of file:h2" in seen.page.locator("#panel h2").inner_text()
    assert seen.page.input_value("#draft-storeys") == str(round(levels))
    assert seen.page.locator("#draft-answer .warn").count() == 0


def test_a_message_can_be_laid_aside_where_there_is_a_page_behind_it(seen: Visit) -> None:
    seen.may_complain = True
    seen.page.route("**/views/height.json*", lambda route: route.abort())
    seen.page.get_by_role("button", name="Building height").click()
    seen.wait("!document.querySelector('#message').hidden")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#message").is_hidden()
    assert seen.page.evaluate("zonetwin.state.view") == "use"
    seen.page.select_option("#compare", "height")
    seen.wait("!document.querySelector('#news').hidden")
    assert "does not answer" in seen.page.locator("#news").inner_text()
    assert seen.page.evaluate("zonetwin.state.compare") == ""
    seen.page.unroute("**/views/height.json*")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sheet_is_printed(visit: Callable[..., Visit], toy: str, screenshots: Any, theme: str) -> None:
    seen = visit("#door=plan&view=use", address=toy, size=(1280, 800), theme=theme)
    seen.wait_drawn()
    seen.page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    if theme == "light":
        seen.page.click("#print-button")
    else:
        seen.page.keyboard.press("Control+p")
    seen.wait("window.printed")
    seen.page.emulate_media(media="print")
    sheet = seen.page.locator("#sheet")
    assert sheet.is_visible()
    assert not seen.page.locator("#column").is_visible()
    for part in (".picture", ".north-arrow", ".scale-bar", ".sheet-legend", ".sheet-notice", ".code"):
        assert sheet.locator(part).count() == 1, part
    seen.page.screenshot(path=screenshots / f"sheet_{theme}.png")
    colours = seen.page.evaluate("""async () => {
        const image = document.querySelector('#sheet .picture');
        const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
        const context = canvas.getContext('2d');
        context.fillStyle = "#fff";
        context.fillRect(0, 0, 64, 64);
        context.drawImage(image, 0, 0, 64, 64);
        const data = context.getImageData(0, 0, 64, 64).data;
        const pixels = [...Array(4096).keys()].map((place) => data.slice(4 * place, 4 * place + 3));
        const dark = pixels.filter((pixel) => Math.max(...pixel) < 90);
        return [new Set(pixels.map((pixel) => pixel.join())).size, dark.length];
    }""")
    assert colours[0] > 20  # the map is on it, not an empty canvas
    assert colours[1] < 400  # of 4,096: little is dark on white paper, whatever the screen's theme
    seen.page.emulate_media(media="screen")
    assert seen.page.evaluate("zonetwin.state.theme") == theme


def test_the_bar_of_the_sheet_is_as_long_as_it_says(visit: Callable[..., Visit], toy: str) -> None:
    lon, lat = HOME
    seen = visit(f"#door=plan&view=use&at={lat},{lon},16,0,0", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    seen.page.click("#print-button")
    seen.wait("window.printed")
    seen.page.emulate_media(media="print")
    bar, picture = (seen.page.locator(f"#sheet {part}").bounding_box() for part in (".scale-bar", ".picture"))
    assert bar
    assert picture
    told = int(seen.page.locator("#sheet .scale").inner_text().split()[0])
    open_px, paper_px = (1280 - 460, 800 - 110), (1386, 590)
    zoom = 16 + math.log2(min(paper_px[0] / open_px[0], paper_px[1] / open_px[1]))
    metres_per_px = 2 * math.pi * 6378137 * math.cos(math.radians(lat)) / (512 * 2**zoom)
    assert bar["width"] / picture["width"] * paper_px[0] * metres_per_px == pytest.approx(told, rel=0.02)


def test_a_monkey_does_no_harm(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy, size=(1280, 800), may_complain=False)
    seen.wait_drawn()
    seen.page.evaluate("() => { window.print = () => {}; }")
    chance, page = random.Random(2028), seen.page
    page.on("download", lambda download: download.cancel())
    page.on("popup", lambda other: other.close())
    keys = ["Enter", "Escape", "ArrowLeft", "ArrowDown", "Tab", "+", "-", "/", "a", "2"]
    until = time.monotonic() + 60
    while time.monotonic() < until:
        x, y = chance.uniform(2, 1278), chance.uniform(2, 798)
        deed = chance.random()
        if deed < 0.55:
            page.mouse.click(x, y)
        elif deed < 0.8:
            drag(page, (x, y), (chance.uniform(2, 1278), chance.uniform(2, 798)))
        elif deed < 0.9:
            page.mouse.wheel(0, chance.uniform(-400, 400))
        else:
            page.keyboard.press(chance.choice(keys))
        if chance.random() < 0.02:
            page.keyboard.press("Escape")
    assert page.url.startswith(toy)
    assert page.locator("h1:visible").count() == 1


def test_two_quantities_lie_side_by_side(seen: Visit) -> None:
    seen.page.select_option("#compare", "height")
    seen.wait("document.querySelector('#map-right canvas') && !document.querySelector('#swipe').hidden")
    assert seen.page.locator("#legend-right h2").inner_text().startswith("Building height")
    seen.page.focus("#swipe")
    before = seen.page.evaluate("document.querySelector('#map-right').style.clipPath")
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.locator("#swipe").get_attribute("aria-valuenow") == "55"
    assert seen.page.evaluate("document.querySelector('#map-right').style.clipPath") != before
    assert "compare=height" in seen.wait("location.hash.includes('compare=') && location.hash")
    drag(seen.page, (900, 300), (1000, 380))  # in the picture behind the bar
    left = seen.page.evaluate("zonetwin.deck.getViewports()[0].longitude")
    assert left == pytest.approx(seen.page.evaluate("zonetwin.state.camera.longitude"), abs=1e-9)
    seen.page.click("#legend-right button")
    assert seen.page.input_value("#compare") == ""
    seen.wait("document.querySelector('#swipe').hidden && !document.querySelector('#map-right canvas')")


def test_what_is_unsure_fades(seen: Visit) -> None:
    seen.go("#door=plan&view=height")
    seen.wait("zonetwin.state.view === 'height' && document.querySelector('.fade input')")
    seen.page.check(".fade input")
    seen.wait("zonetwin.state.doubt instanceof Map")
    known = ask(seen.address, "/views/height/doubt.json")
    told = seen.page.evaluate("[...zonetwin.state.doubt.entries()]")
    assert dict(told) == {
        name: place + 1 for place, ids in enumerate(known["classes"]) for name in ids}


def test_the_page_names_all_its_modules(toy: str) -> None:
    with urllib.request.urlopen(toy) as answer:  # noqa: S310 our own server
        page = answer.read().decode()
    folder = web_folder() / "js"
    modules = {path.relative_to(folder).as_posix() for path in folder.rglob("*.js")} - {"main.js", "types.js"}
    assert {line.split("/static/web/js/")[1].split('"')[0] for line in page.splitlines()
            if 'rel="modulepreload"' in line} == modules
