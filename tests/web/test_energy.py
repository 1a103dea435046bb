"""The Energy door in use: typing, faults, the keyboard, the map, the terms and what they say."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.test_access import faults
from tests.web.test_doors import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

LISTED = "document.querySelectorAll('#energy-sites .site').length > 0"
SETTLED = f"{LISTED} && !document.querySelector('#door-energy').ariaBusy"
DASH = "\u2013"
FOCUS = "document.activeElement.id || document.activeElement.tagName"
PAINT = """ids => { const { getFillColor } = zonetwin.deck.props.layers.find(({ id }) => id === 'building').props;
    return ids.map(id => getFillColor({ properties: { id } }).join()); }"""


@pytest.fixture
def door(visit: Callable[..., Visit], toy: str) -> Callable[..., Visit]:
    """Return a function that opens the Energy door of the toy zone, with all that is folded open."""

    def enter(**habits: Any) -> Visit:
        seen = visit("#door=energy", address=toy, **{"size": (1280, 800), **habits})
        seen.wait(SETTLED)
        for name in ("filters", "terms"):
            seen.page.locator(f"#energy-{name} > summary").evaluate("summary => { summary.parentElement.open = true; }")
        return seen

    return enter


def few(page: Page, most: int) -> None:
    """Let the server give only so many roofs at a time, as if there were more than a page."""

    def shorten(route: Route) -> None:
        route.continue_(url=route.request.url.replace("limit=25", f"limit={most}"))

    page.route("**/api/solar/sites?*", shorten)


def test_a_target_may_begin_with_nought(door: Callable[..., Visit]) -> None:
    seen = door()
    seen.page.locator("#energy-target").press_sequentially("0.5", delay=500)  # slower than the pause before it asks
    seen.wait("/meet the target|fall short/.test(document.querySelector('#energy-goals').innerText)")
    assert seen.page.locator("#energy-target").input_value() == "0.5"
    assert any("target_kwh_per_a=500" in url for url in seen.requests)
    assert not any(re.search(r"target_kwh_per_a=0(&|$)", url) for url in seen.requests)


def test_shares_are_asked_for_in_per_cent(door: Callable[..., Visit]) -> None:
    seen = door()
    seen.page.fill("#energy-self_used_share", "30")
    seen.wait("[...document.querySelectorAll('.saving a')].some(({ href }) => href.includes('self_used_share=0.3&'))")
    seen.page.select_option("#language", "de")
    seen.wait("document.querySelector('#energy-filters summary').innerText.includes('Meiste Energie')")
    assert seen.page.locator("#energy-self_used_share").input_value() == "30"
    assert seen.page.locator("#energy-terms").get_attribute("open") is not None


@pytest.mark.parametrize(("language", "told"), [
    ("en", "Between 0 and 100"), ("zh", "0 至 100"), ("fr", "Entre 0 et 100"), ("de", "zwischen 0 und 100")])
def test_what_is_out_of_bounds_is_said_at_the_field_and_asked_of_nobody(
    door: Callable[..., Visit], language: str, told: str
) -> None:
    seen = door(language=language)
    asked = len(seen.requests)
    field = seen.page.locator("#energy-self_used_share")
    field.fill("130")
    seen.page.wait_for_timeout(500)
    assert told in seen.page.locator("#energy-self_used_share-fault").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert seen.page.locator("#energy-sites .site").count() > 0
    assert not [url for url in seen.requests[asked:] if "/api/solar/sites" in url]
    field.fill("")
    assert seen.page.locator("#energy-self_used_share-fault").inner_text() == ""
    assert field.get_attribute("aria-invalid") is None


def test_a_refusal_keeps_the_form_and_the_list(door: Callable[..., Visit]) -> None:
    seen = door(may_complain=True)
    seen.page.select_option("#energy-target_unit", "kwp")
    seen.page.fill("#energy-target", "2000000")  # within what energy may be, beyond what capacity may
    said = seen.wait("document.querySelector('#energy-target-fault').innerText")
    assert "the list stays" in said
    assert seen.page.locator("#energy-sites .site").count() > 0
    assert "Input should be" not in seen.page.locator("#door-energy").inner_text()
    seen.page.select_option("#energy-target_unit", "kwh")
    seen.wait("document.querySelector('#energy-target-fault').innerText === ''")


def test_silence_of_the_server_is_said_in_the_door_with_a_way_on(door: Callable[..., Visit]) -> None:
    seen = door(may_complain=True)
    seen.page.route("**/api/solar/sites?*", lambda route: route.abort())
    seen.page.fill("#energy-least_kwp", "11")
    assert "The server does not answer" in seen.wait("document.querySelector('#energy-fault [role=alert]')?.innerText")
    assert seen.page.locator("#energy-sites .site").count() > 0
    assert seen.page.evaluate(FOCUS) == "energy-least_kwp"
    seen.page.unroute("**/api/solar/sites?*")
    seen.page.click("#energy-fault button")
    seen.wait("document.querySelector('#energy-fault').childElementCount === 0")
    assert seen.page.evaluate(FOCUS) != "BODY"


def test_a_tick_by_key_keeps_the_focus_and_what_is_open(door: Callable[..., Visit]) -> None:
    seen = door()
    seen.page.locator("#energy-sites .site input").nth(1).focus()
    seen.page.keyboard.press("Space")
    seen.wait("document.querySelector('#energy-goals').innerText.includes('Picked: 1')")
    assert seen.page.evaluate("document.activeElement === document.querySelectorAll('#energy-sites .site input')[1]")
    assert seen.page.locator("#energy-terms").get_attribute("open") is not None
    seen.page.locator("#energy-goals button").focus()
    seen.page.keyboard.press("Enter")
    seen.wait("document.querySelector('#energy-goals').hidden")
    assert seen.page.locator("#energy-sites input:checked").count() == 0
    assert seen.page.evaluate(FOCUS) != "BODY"


def test_more_roofs_by_key_take_the_focus_and_a_failure_is_said(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("", address=toy, size=(1280, 800), may_complain=True)
    seen.wait_drawn()
    few(seen.page, 1)
    seen.page.click("#tab-energy")
    seen.wait(SETTLED)
    more = seen.page.get_by_role("button", name="Show more")
    more.focus()
    seen.page.keyboard.press("Enter")
    seen.wait("document.querySelectorAll('#energy-sites .site').length === 2")
    assert seen.page.evaluate("document.activeElement === document.querySelectorAll('#energy-sites .site input')[1]")
    assert seen.page.evaluate(FOCUS) == "INPUT"
    seen.page.route("**/api/solar/sites?*offset=*", lambda route: route.abort())
    more.click()
    assert "does not answer" in seen.wait("document.querySelector('#energy-sites [role=alert]')?.innerText")
    assert seen.page.locator("#energy-sites .site").count() == 2


def test_an_open_roof_stays_through_language_and_pending_filters(door: Callable[..., Visit]) -> None:
    seen = door()
    first = seen.page.locator("#energy-sites .site .link").first
    seen.page.fill("#energy-least_kwp", "12")
    first.click()
    seen.wait("document.querySelectorAll('#energy-roof svg.chart').length > 1")
    seen.page.wait_for_timeout(600)
    assert seen.page.locator("#energy-roof").is_visible()
    seen.page.select_option("#language", "fr")
    seen.wait("document.querySelector('#energy-roof')?.innerText.includes('Mois par mois')")
    assert seen.page.locator("#energy-list").is_hidden()
    seen.page.locator("#energy-roof .back").focus()
    seen.page.keyboard.press("Enter")
    seen.wait("!document.querySelector('#energy-list').hidden")
    assert seen.page.evaluate(FOCUS).startswith("energy-site-")
    assert seen.page.locator("#energy-least_kwp").input_value() == "12"


def test_a_roof_on_the_map_opens_its_page_and_from_there_the_panel(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy&select=building/file:h2", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.wait("document.querySelectorAll('#energy-roof svg.chart').length > 1")
    seen.page.locator("#energy-roof .back").click()
    seen.wait("zonetwin.state.selection === null")
    seen.page.locator("#pitch").click()
    seen.page.wait_for_timeout(1200)
    seen.wait_drawn()
    x, y = seen.place(120.47580, 31.44143)  # the middle of h2's roof
    seen.page.mouse.click(x, y)
    seen.wait("document.querySelectorAll('#energy-roof svg.chart').length > 1")
    assert seen.page.evaluate("zonetwin.state.selection.id") == "file:h2"
    assert seen.page.locator("#panel").is_hidden()
    seen.page.click("#energy-known")
    seen.wait("document.querySelector('#panel').innerText.includes('Photovoltaic yield')")
    seen.page.keyboard.press("Escape")
    seen.wait("document.querySelector('#panel').hidden")
    assert seen.page.locator("#energy-roof").is_visible()
    seen.page.keyboard.press("Escape")
    seen.wait("!document.querySelector('#energy-list').hidden")


def test_a_building_without_modules_says_so_and_leads_to_what_is_known(visit: Callable[..., Visit], toy: str) -> None:
    bare = next(f"file:h{number}" for number in range(1, 9) if not any(
        site["building_id"] == f"file:h{number}" for site in ask(toy, "/api/solar/sites?least_kwp=0")["sites"]))
    seen = visit(f"#door=energy&select=building/{bare}", address=toy, size=(1280, 800), may_complain=True)
    seen.wait("document.querySelector('#energy-roof')?.innerText.includes('No modules can stand')")
    seen.page.click("#energy-known")
    seen.wait("!document.querySelector('#panel').hidden")


def test_the_map_fades_what_the_filter_leaves_out(door: Callable[..., Visit], toy: str) -> None:
    seen = door()
    seen.wait_drawn()
    sites = ask(toy, "/api/solar/sites")["sites"]
    kept = sites[0]["use"]
    ids = [sites[0]["building_id"], next(site["building_id"] for site in sites if site["use"] != kept)]
    seen.page.select_option("#energy-use", kept)
    seen.wait("zonetwin.state.fitting !== null")
    assert "The map fades" in seen.page.locator("#energy-sites").inner_text()
    shown = seen.page.evaluate(PAINT, ids)
    assert shown[1] == "214,211,205,70" != shown[0]
    seen.page.select_option("#energy-use", "")
    seen.wait("zonetwin.state.fitting === null")
    assert seen.page.evaluate(PAINT, ids[1:]) != shown[1:]


@pytest.mark.parametrize("language", ["en", "zh", "fr", "de"])
def test_the_door_says_why_roofs_pay_back_so_soon(door: Callable[..., Visit], toy: str, language: str) -> None:
    seen = door(language=language)
    typical = ask(toy, "/api/solar/sites")["typical"]
    told = seen.page.locator("#energy-why").inner_text().replace(",", ".")
    for number in (f"{typical['saved_cny_per_kwh']:.2f}".rstrip("0"), str(typical["sold_cny_per_kwh"])):
        assert number in told
    seen.page.fill("#energy-export_price_cny_per_kwh", "9")  # no reason where what is sold brings more
    seen.wait("document.querySelector('#energy-why') === null")


def test_the_terms_show_what_stands_and_the_prices_by_period(door: Callable[..., Visit], toy: str) -> None:
    seen = door()
    told = seen.page.locator("#energy-terms").text_content() or ""
    for part in ("Emission factor of the grid", "Life of the modules", "What a kilowatt-hour costs", "2025 No. 426"):
        assert part in told
    tariff = ask(toy, "/api/solar/sites")["tariff"]
    price = {(row["tariff"], row["period"]): f"{row['price_cny_per_kwh']:.2f}" for row in tariff["prices"]}
    rows = seen.page.evaluate("""() => [...document.querySelectorAll('.tariff tbody')].map(({ rows }) =>
        [rows[0].cells[0].innerText, ...[...rows[1].cells].map(({ innerText }) => innerText)])""")
    periods = ("critical_peak", "peak", "flat", "valley")
    assert ["Two-part, industry", *(price["two_part_industry", period] for period in periods)] in rows
    # only industry has critical peaks
    assert ["Two-part", DASH, *(price["two_part", period] for period in periods[1:])] in rows
    hours = seen.page.locator(".hours").inner_text()
    assert "Jun-Aug, Dec-Feb 0:00-6:00, 11:00-13:00" in hours.replace(DASH, "-")
    seen.page.fill("#energy-price_level", "0.5")
    seen.wait(f"document.querySelector('.tariff').innerText.includes('{float(price['two_part', 'flat']) / 2:.1f}')")


def test_the_day_has_its_prices_on_top_with_a_scale_and_a_key(door: Callable[..., Visit]) -> None:
    seen = door()
    hall = seen.page.locator("#energy-site-file\\:h2")
    hall.click()
    seen.wait("document.querySelectorAll('#energy-roof svg.chart').length > 1")
    order = seen.page.evaluate("""() => [...document.querySelectorAll('#energy-roof svg.chart:last-of-type > *')]
        .map((part) => part.getAttribute('class')).filter((name) => ['pv', 'load', 'price'].includes(name))""")
    day = order[order.index("price") - 2:]
    assert day == ["pv", "load", "price"]
    chart = seen.page.locator("#energy-roof svg.chart").last
    assert "CNY/kWh" in chart.text_content()
    assert "price: 0." in chart.get_attribute("aria-label")
    assert "price (scale on the right)" in seen.page.locator("#energy-roof .key").last.inner_text()


@pytest.mark.parametrize(("share", "told"), [(4.5 / 5, "more than all others of 5"), (3.5 / 5, "more than 70 % of 5"),
                                             (0.9995, "more than 99 % of 5,000")])
def test_the_greatest_is_above_all_others_and_nobody_above_all(
    visit: Callable[..., Visit], toy: str, share: float, told: str
) -> None:
    def rank(route: Route) -> None:
        feature = route.fetch().json()
        feature["groups"][0]["values"][0]["rank"] = {
            "share_below": share, "count": 5000 if share == 0.9995 else 5, "class_key": "use.industrial"}
        route.fulfill(body=json.dumps(feature), content_type="application/json")

    seen = visit("#view=use", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.page.route("**/api/buildings/*", rank)
    seen.go("view=use&select=building/file:h2")
    assert told in seen.wait("document.querySelector('#panel .rank')?.innerText")


def test_ranked_roofs_are_seen_on_a_laptop_without_scrolling(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy", address=toy, size=(1280, 720))
    seen.wait(SETTLED)
    bottom = seen.page.locator("#door-energy").bounding_box()
    third = seen.page.locator("#energy-sites .site").nth(2).bounding_box()
    assert bottom is not None
    assert third is not None
    assert third["y"] + third["height"] <= bottom["y"] + bottom["height"]
    assert "≥ 10 kWp" in seen.page.locator("#energy-filters > summary").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_door_and_on_a_roof(door: Callable[..., Visit], theme: str) -> None:
    seen = door(theme=theme)
    seen.page.fill("#energy-self_used_share", "130")
    assert faults(seen) == []
    seen.page.locator("#energy-site-file\\:h2").click()
    seen.wait("document.querySelectorAll('#energy-roof svg.chart').length > 1")
    assert faults(seen) == []
