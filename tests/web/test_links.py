"""What one sees stands in a link: it brings it back, and what is odd in it does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_tools import HOME, PANEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser


def test_a_link_brings_back_all_that_was_seen(visit: Callable[..., Visit], toy: str) -> None:
    lon, lat = HOME
    link = (f"#door=plan&view=height&at={lat},{lon},16.5,40,10&area={lon - .01},{lat - .01};{lon + .01},{lat - .01};"
            f"{lon + .01},{lat + .01};{lon - .01},{lat + .01}&filter=6..&sun=2025-12-21T630&release=00000000")
    seen = visit(link, address=toy, size=(1280, 800))
    seen.wait("document.querySelector('#panel .class-bars')")
    state = seen.page.evaluate("(({door, view, filter, sun, area}) => "
                               "({door, view, filter, sun, area}))(zonetwin.state)")
    assert (state["door"], state["view"], len(state["area"])) == ("plan", "height", 4)
    assert state["filter"]["least"] == 6
    assert state["sun"] == {"date": "2025-12-21", "minutes": 630}
    assert "another release" in seen.page.locator("#news").inner_text()


@pytest.mark.parametrize("link", [
    "#door=roof&view=height", "#view=height&area=1,2;3", "#view=height&draft=9~x~y", "#view=height&filter=..",
    "#view=height&step=99", "#door=neighbourhood&quarter=nope", "#view=height&sun=2025-13-99T1",
    "#view=height&select=planet/1", "#view=%3Cscript%3E", "#view=height&draft=~~~~~",
])
def test_odd_links_do_no_harm(visit: Callable[..., Visit], toy: str, link: str) -> None:
    seen = visit(link, address=toy, may_complain="quarter" in link or "step" in link)  # the browser notes each 404
    seen.wait_drawn()
    assert seen.page.evaluate("zonetwin.state.spec !== null")
    assert seen.page.locator("#message").is_hidden()
    assert seen.page.locator("#door-tabs").is_visible()


def test_what_is_odd_in_a_link_does_not_hold_back_the_rest(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit("#door=neighbourhood&quarter=nope&select=building/file:h2", address=toy, may_complain=True)
    seen.wait(PANEL)
    assert "Part of this link" in seen.page.locator("#news").inner_text()
    assert seen.page.evaluate("zonetwin.state.quarter") is None


def test_another_link_takes_the_place_of_the_first(visit: Callable[..., Visit], toy: str) -> None:
    lon, lat = HOME
    seen = visit(f"#door=plan&view=use&compare=height&filter=!office&sun=2025-12-21T630&layers=-label"
                 f"&area={lon},{lat};{lon + .01},{lat};{lon},{lat + .01}", address=toy, size=(1280, 800))
    seen.wait(f"{PANEL} && zonetwin.state.compare === 'height' && document.querySelector('#map-right canvas')")
    seen.go("#door=plan&view=height")
    seen.wait("zonetwin.state.view === 'height' && !document.querySelector('#map-right canvas')")
    kept = seen.page.evaluate("(({area, filter, sun, compare, shown}) => "
                              "({area, filter, sun, compare, shown: shown.size}))(zonetwin.state)")
    assert kept == {"area": None, "filter": None, "sun": None, "compare": "", "shown": 0}
    assert seen.page.locator("#panel").is_hidden()


def test_what_is_seen_is_shared_as_a_link_and_a_code(seen: Visit, toy: str) -> None:
    seen.page.click("#share-button")
    link = seen.page.locator("#share input").input_value()
    assert link.startswith(f"{toy}/#door=plan&view=use")
    seen.wait("document.querySelector('#share img').naturalWidth > 0")
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#share").is_hidden()


def test_a_link_holds_which_layers_are_on(seen: Visit) -> None:
    seen.page.click("#layers-button")
    seen.page.locator("#toggles label", has_text="Names").click()
    link = seen.wait("location.hash.includes('layers=') && location.hash")
    assert "layers=-label" in link
    seen.go("#door=plan&view=use")
    seen.wait("zonetwin.deck.props.layers.some(({ id, props }) => id === 'label' && props.visible)")
    seen.go(link)
    seen.wait("!zonetwin.deck.props.layers.some(({ id, props }) => id === 'label' && props.visible)")
