"""Drafts: a building changed where it stands, what is told of it, the way back to it, its corners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

ANSWERED = ("document.querySelector('#draft-answer :is(.verdicts, [role=alert])') && "
            "!document.querySelector('#draft-answer').hasAttribute('aria-busy')")
LON, LAT = 120.4766, 31.4420  # the middle of the toy zone
SQUARE = [(LON + .0002 * x, LAT + .0002 * y) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
DRAWN = "6~residential~flat~1~~" + ";".join(f"{x:.6f},{y:.6f}" for x, y in SQUARE)


def drawn_ids(seen: Visit) -> list[str]:
    """Return the buildings that the map draws, by the pieces of their tiles."""
    found: list[str] = seen.page.evaluate("""() => {
        const layers = [...zonetwin.deck.layerManager.getLayers()];
        const own = layers.filter(({ id, props }) => id.startsWith('building') && Array.isArray(props.data));
        return own.flatMap(({ props }) => props.data.filter((one) => one?.geometry && one.properties)
            .map(({ properties }) => properties.building_id ?? properties.part_of ?? properties.id));
    }""")
    return found


@pytest.fixture
def opened(visit: Callable[..., Visit], toy: str) -> Callable[..., Visit]:
    """Return a function that opens a link to a draft on the toy zone and waits for what follows from it."""

    def open_draft(draft: str, **told: Any) -> Visit:
        seen = visit(f"#door=plan&view=height&at={LAT},{LON},17,40,0&draft={draft}", address=toy, size=(1280, 800),
                     **told)
        seen.wait_drawn()
        seen.wait(ANSWERED, 120)
        return seen

    return open_draft


def corners(seen: Visit) -> list[list[float]]:
    """Return the corners of the draft in hand."""
    found: list[list[float]] = seen.page.evaluate("zonetwin.state.draft.corners")
    return found


def test_what_is_not_touched_tells_of_no_difference(opened: Callable[..., Visit]) -> None:
    seen = opened("~~~1~file:h1~")
    assert "Change of file:h1" in seen.page.locator("#panel h2").inner_text()
    told = seen.page.locator("#draft-answer dl").inner_text()
    assert "1,600" in told
    assert "→" not in told
    assert seen.page.input_value("#draft-storeys") == "4"
    assert seen.page.input_value("#draft-use") == ""


def test_a_change_tells_before_after_and_difference_and_hides_what_stood(opened: Callable[..., Visit]) -> None:
    seen = opened("2~~~1~file:h1~")
    told = seen.page.locator("#draft-answer .row", has_text="Gross floor area").inner_text()
    for part in ("1,600 → 800", "\N{MINUS SIGN}800"):
        assert part in told
    assert "file:h1" not in (ids := drawn_ids(seen))
    assert "file:h2" in ids
    assert seen.page.evaluate("zonetwin.deck.props.layers.find(({id}) => id === 'draft').props.data.length") == 1
    assert "\N{MINUS SIGN}-" not in seen.page.locator("#draft-answer").inner_text()
    assert "gain" in seen.page.locator("#draft-answer").inner_text()
    seen.page.keyboard.press("Escape")
    seen.wait("zonetwin.state.draft === null")
    seen.wait_drawn()
    assert "file:h1" in drawn_ids(seen)


def test_only_one_line_of_the_answer_is_read_out(opened: Callable[..., Visit]) -> None:
    seen = opened(DRAWN)
    live = "[...document.querySelectorAll('#panel [aria-live], #panel [role=status]')].map(({id}) => id)"
    assert seen.page.evaluate(live) == ["draft-summary"]
    assert "Limits:" in seen.page.locator("#draft-summary").inner_text()


def test_a_draft_stays_while_a_neighbour_is_looked_at(opened: Callable[..., Visit]) -> None:
    seen = opened(DRAWN)
    lon, lat = seen.page.evaluate("async () => (await (await fetch('/api/buildings/file:h1')).json()).centre")
    seen.go(f"#door=plan&view=height&at={lat},{lon},17,0,0&draft={DRAWN}")
    seen.wait(f"Math.abs(zonetwin.state.camera.latitude - {lat}) < 1e-4 && zonetwin.state.camera.pitch === 0")
    seen.wait_drawn()
    seen.wait(ANSWERED, 120)
    x, y = seen.place(lon, lat)
    seen.page.mouse.click(x, y)
    seen.wait("zonetwin.state.feature?.id === 'file:h1'")
    seen.wait("location.hash.includes('select=') && location.hash.includes('draft=')")
    assert seen.page.evaluate("zonetwin.deck.props.layers.some(({id}) => id === 'draft')")
    seen.page.get_by_role("button", name="Back to the draft").click()
    seen.wait("document.querySelector('#panel').dataset.shows === 'draft'")
    assert seen.page.evaluate("zonetwin.state.selection") is None
    assert seen.page.locator("#draft-answer .verdicts").count() >= 1
    seen.page.mouse.click(x, y)
    seen.wait("zonetwin.state.feature?.id === 'file:h1'")
    seen.page.keyboard.press("Escape")
    seen.wait("document.querySelector('#panel').dataset.shows === 'draft'")
    seen.page.mouse.click(x, y)
    seen.wait("zonetwin.state.feature?.id === 'file:h1'")
    seen.page.get_by_role("button", name="End the draft").click()
    seen.wait("zonetwin.state.draft === null && !location.hash.includes('draft=')")
    assert seen.page.evaluate("document.querySelector('#panel').dataset.shows") == "feature"
    assert seen.page.locator(".way-back").count() == 0


def test_a_link_brings_back_the_draft_and_the_neighbour(visit: Callable[..., Visit], toy: str) -> None:
    seen = visit(f"#door=plan&view=height&at={LAT},{LON},17,40,0&select=building/file:h1&draft={DRAWN}",
                 address=toy, size=(1280, 800))
    seen.wait("zonetwin.state.feature?.id === 'file:h1' && zonetwin.state.draft")
    seen.page.get_by_role("button", name="Back to the draft").click()
    seen.wait(ANSWERED, 120)


def test_corners_go_by_keys(opened: Callable[..., Visit]) -> None:
    seen = opened(DRAWN)
    assert seen.page.locator("#corners .corner").count() == 4
    first = seen.page.locator("#corners .corner").first
    first.focus()
    before = corners(seen)
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        first.press(key)
    moved = corners(seen)
    # 1 m east and 11 m north; a degree has 95,077 m here from west to east and 110,870 m from south to north
    assert (moved[0][0] - before[0][0]) * 95077 == pytest.approx(1, rel=0.01)
    assert (moved[0][1] - before[0][1]) * 110870 == pytest.approx(11, rel=0.01)
    first.press("Insert")
    assert len(corners(seen)) == 5
    assert seen.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Corner 2"
    seen.page.keyboard.press("Delete")
    seen.page.keyboard.press("Delete")
    assert len(corners(seen)) == 3
    seen.page.keyboard.press("Delete")
    assert len(corners(seen)) == 3
    assert seen.page.evaluate("document.activeElement.classList.contains('corner')")


def test_a_self_intersection_is_mended_by_dragging_a_corner(opened: Callable[..., Visit]) -> None:
    crossed = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]
    seen = opened("6~residential~flat~1~~" + ";".join(f"{x:.6f},{y:.6f}" for x, y in crossed),
                  may_complain=True)  # of the answer's status
    assert "crosses or touches itself" in seen.page.locator("#draft-answer [role=alert]").inner_text()
    for number, place in ((1, SQUARE[1]), (2, SQUARE[2])):
        box = seen.page.locator("#corners .corner").nth(number).bounding_box()
        assert box is not None
        seen.page.mouse.move(box["x"] + 12, box["y"] + 12)
        seen.page.mouse.down()
        x, y = seen.place(*place)
        seen.page.mouse.move(x + 2, y + 2, steps=6)
        seen.page.mouse.up()
    seen.wait("document.querySelector('#draft-answer .verdicts')")
    assert corners(seen)[1] == pytest.approx(SQUARE[1], abs=3e-5)
    seen.wait(f"location.hash.includes('{corners(seen)[1][0]:.6f}')")


def test_a_corner_is_pulled_out_of_an_edge(opened: Callable[..., Visit]) -> None:
    seen = opened(DRAWN)
    box = seen.page.locator("#corners .edge").first.bounding_box()
    assert box is not None
    seen.page.mouse.move(box["x"] + 12, box["y"] + 12)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 12, box["y"] + 60, steps=6)
    seen.page.mouse.up()
    found = corners(seen)
    assert len(found) == 5
    assert found[1][1] < SQUARE[0][1]
    assert found[0] == pytest.approx(SQUARE[0], abs=1e-6)
