"""Roofs and facades on the map: months under a slider, the best roofs in a list, a roof that opens its building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rasterio

from tests.web.test_doors import ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


def colours(path: Path) -> int:
    """Return how many different colours a picture has."""
    with rasterio.open(path) as picture:
        red, green, blue = picture.read([1, 2, 3]).astype(int)
    return len(set((red << 16 | green << 8 | blue).ravel().tolist()))


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(("view", "phone"), [("roof_irradiation", False), ("facade_irradiation", False),
                                             ("roof_irradiation", True)])
def test_surfaces_have_their_picture(
    visit: Callable[..., Visit], toy: str, screenshots: Path, view: str, phone: bool  # noqa: FBT001
) -> None:
    seen = visit(f"#view={view}", address=toy, size=(390, 844) if phone else (1440, 860))
    seen.wait_drawn()
    path = screenshots / f"solar_{view}_{'phone' if phone else 'desktop'}.png"
    seen.page.screenshot(path=path)
    assert colours(path) > 300
    assert seen.harm() == []


def test_the_slider_goes_through_the_months_without_new_tiles(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#view=roof_irradiation", address=toy, size=(1280, 800))
    seen.wait_drawn()
    slider = seen.page.locator("#step-input")
    assert seen.page.locator("#steps output").inner_text() == "Whole year"
    before = [url for url in seen.requests if "/tiles/" in url]
    slider.focus()
    for _ in range(7):
        seen.page.keyboard.press("ArrowRight")
    seen.wait("zonetwin.state.step === 7")
    seen.wait("document.querySelector('#steps output').textContent === 'July'")
    assert slider.get_attribute("aria-valuetext") == "July"
    assert seen.page.locator("#legend h2 .unit").inner_text() == "kWh/m²"
    seen.wait("location.hash.includes('step=7')")
    assert [url for url in seen.requests if "/tiles/" in url] == before
    assert seen.harm() == []


def test_a_link_to_a_month_shows_it_and_another_view_the_whole(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#view=facade_irradiation&step=12", address=toy, size=(1280, 800))
    seen.wait_drawn()
    assert seen.page.locator("#steps output").inner_text() == "December"
    seen.page.locator("#quantity-list summary", has_text="Planning").click()
    seen.page.get_by_role("button", name="Building height").click()
    seen.wait("zonetwin.state.view === 'height'")
    assert seen.page.locator("#steps").is_hidden()
    assert seen.page.evaluate("zonetwin.state.step") == 0


def test_the_best_roofs_open_their_building(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.wait("document.querySelectorAll('#door-energy .site').length > 0")
    told = seen.page.locator("#door-energy").inner_text()
    assert "Residential" in told
    assert "file:" not in told
    seen.page.locator("#door-energy .site .link").first.click()
    seen.wait("document.querySelectorAll('#door-energy svg.chart').length > 1")
    assert seen.page.locator("#panel").is_hidden()  # the door tells of the roof by itself
    seen.page.click("#energy-known")
    seen.wait("document.querySelector('#panel h2')")
    panel = seen.page.locator("#panel").inner_text()
    assert "Photovoltaic yield" in panel
    assert "Specific yield" in panel
    roof = seen.page.locator("#door-energy").inner_text()
    for part in ("Month by month", "The mean day", "Where no modules can stand"):
        assert part in roof
    seen.page.locator("#door-energy .back").click()
    seen.wait("document.querySelectorAll('#door-energy .site').length > 0")
    assert seen.harm() == []


def test_a_zone_without_weather_says_why_it_has_no_roofs(visit: Callable[..., Visit]) -> None:
    seen = visit("#door=energy")
    assert "no weather is known" in seen.wait("document.querySelector('#door-energy p')?.innerText")
    assert seen.page.locator("#door-energy form").count() == 0


def test_a_filter_that_leaves_no_roof_says_so(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy", address=toy, size=(1280, 800))
    seen.wait("document.querySelectorAll('#door-energy .site').length > 1")
    seen.page.click("#energy-filters > summary")
    seen.page.fill("#energy-least_kwp", "99999")
    assert "No roof fits" in seen.wait("document.querySelector('#door-energy [role=status]')?.innerText")


def test_picked_roofs_are_summed_against_the_target(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy", address=toy, size=(1280, 800))
    seen.wait("document.querySelectorAll('#door-energy .site').length > 1")
    sites = ask(toy, "/api/solar/sites")["sites"]
    seen.page.click("#energy-filters > summary")
    seen.page.fill("#energy-target", "100")
    seen.wait("/meet the target|fall short/.test(document.querySelector('#door-energy').innerText)")
    for place in (0, 1):
        seen.page.locator("#door-energy .site input").nth(place).check()
    both = sum(site["yield_kwh_per_a"] for site in sites[:2])
    told = seen.page.locator("#door-energy").inner_text()
    assert "Picked: 2 roofs" in told
    assert f"{round(both / 1000)} % of the target" in told
    paint = """ids => { const { getFillColor } = zonetwin.deck.props.layers.find(({ id }) => id === 'building').props;
        return ids.map(id => getFillColor({ properties: { id } }).slice(0, 3).join()); }"""
    shown = seen.page.evaluate(paint, [site["building_id"] for site in sites[:3]])
    assert shown[0] == shown[1] == "0,126,140"  # what is picked stands out on the map
    assert shown[2] != shown[0]
    seen.page.locator("#door-energy .site .link").first.click()
    seen.wait("zonetwin.state.selection !== null")
    chosen = seen.page.evaluate(paint, [site["building_id"] for site in sites[:2]])
    assert chosen == ["226,24,118", "0,126,140"]  # and the chosen one among them in another colour


def test_terms_change_the_ranking_and_name_their_source(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=energy", address=toy, size=(1280, 800))
    seen.wait("document.querySelectorAll('#door-energy .site').length > 0")
    seen.page.click("#energy-terms > summary")
    seen.page.fill("#energy-capex_cny_per_kwp", "6000")
    seen.wait("zonetwin.state.door === 'energy' && !document.querySelector('#door-energy').ariaBusy")
    link = seen.wait("[...document.querySelectorAll('#door-energy .saving a')].map(({ href }) => href)"
                     ".find((href) => href.includes('capex_cny_per_kwp=6000'))")
    assert "/api/solar/sites.csv?" in link
    assert any("capex_cny_per_kwp=6000" in url for url in seen.requests)


def test_a_click_on_a_roof_opens_its_building(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#view=roof_irradiation", address=toy, size=(1280, 800))
    seen.wait_drawn()
    seen.page.get_by_role("button", name="2D").or_(seen.page.locator("#pitch")).first.click()
    seen.wait_drawn()
    seen.page.wait_for_timeout(1200)
    x, y = seen.place(120.47580, 31.44143)  # the middle of h2's roof
    seen.page.mouse.click(x, y)
    seen.wait("zonetwin.state.selection !== null && zonetwin.state.selection.kind === 'building'")
    assert seen.page.evaluate("zonetwin.state.selection.id") == "file:h2"


def test_every_word_is_translated(visit: Callable[..., Visit], toy: str) -> None:
    for language, month in (("zh", "七月"), ("fr", "juillet"), ("de", "Juli")):
        seen = visit("#view=roof_irradiation&step=7", address=toy, language=language, size=(1280, 800))
        seen.wait_drawn()
        assert seen.page.locator("#steps output").inner_text() == month
