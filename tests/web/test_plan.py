"""A plan in the browser: it is called a plan, its year is named, and what is planned looks planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import served
from twin.classes import data_folder
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.conftest import Visit
    from twin.store import Store

pytestmark = pytest.mark.browser

NOTICE = "An invented example of six parcels; nothing of it stands anywhere."
PHONE = (360, 640)
PLANNED = (120.476641, 31.442373)  # the middle of h7
# The notice is in sight where it can be: inside the window, and nothing lies on its middle.
IN_SIGHT = """(selector) => {
    const box = document.querySelector(selector).getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const met = box.width > 0 && box.bottom <= innerHeight ? document.elementsFromPoint(x, y)[0] : null;
    return Boolean(met && (met.closest(selector) || met.closest('#map')));
}"""


@pytest.fixture(scope="module")
def toy(toy_store: Store) -> Iterator[str]:
    with served(toy_store, "toy") as address:
        yield address


def lines(seen: Visit, selector: str) -> list[str]:
    """Return what an element says, line by line."""
    return [line for line in seen.page.locator(selector).inner_text().splitlines() if line]


@pytest.mark.parametrize(("size", "touch"), [((1280, 800), False), ((900, 600), False), (PHONE, True)])
def test_notice_and_year_are_always_in_sight(
    visit: Callable[..., Visit], toy: str, size: tuple[int, int], *, touch: bool
) -> None:
    seen = visit("#view=use", address=toy, size=size, touch=touch)
    seen.wait_drawn()
    assert seen.page.locator("#notice").inner_text() == NOTICE
    assert seen.page.evaluate(IN_SIGHT, "#notice")
    assert seen.page.locator("#zone-meta").inner_text().startswith("State of 2025; later is planned")
    home, notice = (seen.page.locator(name).bounding_box() for name in ("#home", "#notice"))
    assert home["y"] + home["height"] <= notice["y"]
    seen.go("#view=use&select=building/file:h7")
    seen.wait("!document.querySelector('#panel').hidden")
    seen.wait_drawn()
    assert lines(seen, "#panel")[:2] == [NOTICE, "Building · Planned for 2027; in no figure of 2025"]
    assert seen.page.evaluate(IN_SIGHT, "#panel > .notice")
    seen.go("#view=use&select=parcel/file:A1")
    seen.wait("document.querySelector('#panel h2')?.textContent === 'A1'")
    assert lines(seen, "#panel")[:2] == [NOTICE, "Parcel · State of 2025"]


@pytest.mark.parametrize(("language", "year"), [
    ("zh", "2025 年现状"), ("fr", "État de 2025 ; la suite est projetée"), ("de", "Stand 2025, Späteres ist geplant"),
])
def test_notice_and_year_are_said_in_every_language(
    visit: Callable[..., Visit], toy: str, language: str, year: str
) -> None:
    seen = visit("#view=use", address=toy, language=language)
    seen.wait_drawn()
    notices = load_zone(data_folder() / "zones" / "toy").notice
    assert seen.page.locator("#notice").inner_text() == getattr(notices, language)
    assert seen.page.locator("#zone-meta").inner_text().startswith(year)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_planned_is_in_the_legend_and_can_be_picked(
    visit: Callable[..., Visit], toy: str, screenshots: Path, theme: str
) -> None:
    seen = visit("#view=use", address=toy, size=(1280, 800), theme=theme)
    seen.wait_drawn()
    lon, lat = PLANNED
    for view in ("use", "height", "emissions", "far", "energy_assets"):
        seen.go(f"#view={view}&at={lat},{lon},18.5,45,0")
        seen.wait(f"zonetwin.state.spec.metadata.view === '{view}'")
        seen.wait_drawn()
        seen.page.screenshot(path=screenshots / f"planned_{view}_{theme}.png")
        assert "Planned" in seen.page.locator("#legend .legend-foot").inner_text()
    seen.go(f"#view=emissions&at={lat},{lon},18.5,0,0")
    seen.wait("zonetwin.state.spec.metadata.view === 'emissions'")
    seen.wait_drawn()
    seen.page.mouse.move(*seen.place(lon, lat))
    seen.wait("!document.querySelector('#tooltip').hidden")
    assert "Planned for 2027; in no figure of 2025" in seen.page.locator("#tooltip").inner_text()
    seen.page.mouse.click(*seen.place(lon, lat))
    seen.wait("!document.querySelector('#panel').hidden")
    assert seen.page.evaluate("zonetwin.state.selection.id") == "file:h7"
    seen.wait("document.querySelector('#legend .legend-foot').innerText.includes('Planned 1')")
