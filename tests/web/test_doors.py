"""The four doors: what stands behind each, by mouse and by key, in every language and both themes."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.test_access import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

DOORS = ("zone", "plan", "energy", "neighbourhood")
SETTLED = "!document.querySelector('.door:not([hidden])').ariaBusy"
FILLED = "document.querySelector('.door:not([hidden])').childElementCount > 0"


def ask(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}{path}") as answer:  # noqa: S310 our own server
        return json.load(answer)


def open_door(seen: Visit, door: str) -> None:
    seen.page.click(f"#tab-{door}")
    seen.wait(f"{SETTLED} && {FILLED}")


@pytest.fixture(scope="module")
def quarter(toy: str) -> str:
    """A quarter with homes enough to be told of."""
    found = [item["id"] for item in ask(toy, "/api/neighbourhoods")["neighbourhoods"]]
    told: str = next(item for item in found if ask(toy, f"/api/neighbourhoods/{item}/footprint")["homes"])
    return told


@pytest.mark.parametrize("language", ["en", "zh", "fr", "de"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_behind_any_door(
    visit: Callable[..., Visit], toy: str, quarter: str, language: str, theme: str
) -> None:
    seen = visit(f"#door=zone&quarter={quarter}", address=toy, language=language, theme=theme)
    seen.wait_drawn()
    for door in DOORS:
        open_door(seen, door)
        assert (door, faults(seen)) == (door, [])


def test_arrows_go_from_door_to_door(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy)
    seen.wait_drawn()
    seen.page.focus("#tab-zone")
    for door in (*DOORS[1:], DOORS[0]):
        seen.page.keyboard.press("ArrowRight")
        assert seen.page.evaluate("document.activeElement.id") == f"tab-{door}"
        assert seen.page.locator(f"#door-{door}").is_visible()
        assert seen.page.locator(".door:visible").count() == 1
    seen.page.keyboard.press("End")
    assert seen.page.evaluate("zonetwin.state.door") == "neighbourhood"


def test_the_zone_at_a_glance_says_what_the_inventory_says(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy)
    seen.wait(FILLED)
    told = seen.page.locator("#door-zone").inner_text()
    inventory = ask(toy, "/api/inventory")
    total = next(line for line in inventory["totals"] if line["item"] == "BASIC")
    tonnes = float(f"{total['value'] / 1000:.3g}")
    assert f"{tonnes:g}" in told
    domains, scopes = ([line for line in inventory["totals"] if line["line"] == kind] for kind in ("domain", "scope"))
    assert seen.page.locator("#door-zone button.bar-row").count() == len(domains) + len(scopes)
    zone = ask(toy, "/api/zone")
    assert zone["release_id"] in told
    for source in zone["attribution"]:
        assert source["text"] in told


def test_a_domain_leads_to_its_map(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(address=toy)
    seen.wait_drawn()
    seen.page.locator("#door-zone button.bar-row", has_text="Construction").click()
    seen.wait("zonetwin.state.view === 'parcel_emissions'")
    assert seen.page.locator("#door-zone").is_visible()


def test_a_quarter_tells_its_homes_per_resident(visit: Callable[..., Visit], toy: str, quarter: str) -> None:
    seen = visit("#door=neighbourhood", address=toy)
    seen.wait("document.querySelector('#quarter option:nth-child(2)')")
    seen.page.select_option("#quarter", quarter)
    seen.wait("document.querySelector('#door-neighbourhood .headline')")
    told = seen.page.locator("#door-neighbourhood").inner_text()
    known = ask(toy, f"/api/neighbourhoods/{quarter}/footprint")
    energy = known["homes"]["energy_kwh_per_person_a"]
    for value in energy.values():
        assert f"{float(f'{value:.3g}'):,.0f}" in told
    assert told.index(known["notice"]) < told.index("Energy at home")
    assert f"quarter={quarter}" in seen.wait("location.hash.includes('quarter') && location.hash")
    page = seen.page.locator("#door-neighbourhood a.action").get_attribute("href")
    assert page == f"/n/{quarter.replace(':', '%3A')}?lang=en"


def test_a_link_to_a_quarter_opens_it(visit: Callable[..., Visit], toy: str, quarter: str) -> None:
    seen = visit(f"#door=neighbourhood&quarter={quarter}", address=toy, language="zh")
    seen.wait("document.querySelector('#door-neighbourhood .headline')")
    assert seen.page.locator("#tab-neighbourhood").get_attribute("aria-selected") == "true"


@pytest.mark.parametrize(("language", "size"), [("en", (390, 844)), ("zh", (360, 640)), ("fr", (1000, 800))])
def test_the_plain_page_needs_no_script(
    visitor: Callable[..., Any], toy: str, quarter: str, screenshots: Path, language: str, size: tuple[int, int]
) -> None:
    context = visitor(size, "light", language, touch=size[0] < 720).browser.new_context(
        java_script_enabled=False, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 no builtin
    page.goto(f"{toy}/n/{quarter}?lang={language}")
    assert page.locator("h1").is_visible()
    assert page.locator(".number").count() == 2
    assert all(answer.url.startswith(toy) and answer.status == 200 for answer in answers)
    assert sum(len(answer.body()) for answer in answers) < 300_000
    page.screenshot(path=screenshots / f"quarter_page_{size[0]}_{language}.png", full_page=True)
    context.close()


@pytest.mark.parametrize(("size", "theme", "language"), [
    ((1280, 800), "light", "en"), ((1280, 800), "dark", "zh"), ((390, 844), "light", "fr"), ((360, 640), "dark", "de"),
])
def test_every_door_has_its_picture(
    visit: Callable[..., Visit], helsinki: str, screenshots: Path, size: tuple[int, int], theme: str, language: str
) -> None:
    is_phone = size[0] < 720
    quarter = next(item["id"] for item in ask(helsinki, "/api/neighbourhoods")["neighbourhoods"]
                   if ask(helsinki, f"/api/neighbourhoods/{item['id']}/footprint")["homes"])
    seen = visit(f"#door=zone&quarter={quarter}", size=size, theme=theme, language=language, touch=is_phone)
    seen.wait_drawn()
    for door in DOORS:
        if is_phone:
            seen.page.click("#menu-open")
        open_door(seen, door)
        seen.wait_drawn()
        seen.page.screenshot(path=screenshots / f"door_{door}_{size[0]}_{theme}_{language}.png")
        if is_phone:
            seen.page.click("#menu-close")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
