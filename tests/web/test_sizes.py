"""On no screen does a card hide another, or leave the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

#: A large desk, a laptop whose browser has bars, a narrow window, tablets and phones both ways, the smallest phone.
SIZES = [(1440, 900), (1366, 650), (1100, 700), (900, 600), (768, 1024), (844, 390), (740, 360), (390, 844), (360, 640)]
CARDS = "#title, #door, #legend, #tools, #settings, #controls, #foot"
#: Pairs of visible cards that share more than a pixel, and cards that stick out; the settings lie in a phone's title.
FOUND = """cards => {
    const seen = [...document.querySelectorAll(cards)].map(card => [card.id, card.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && box.height > 0);
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    const pairs = seen.flatMap(([name, box], at) => seen.slice(at + 1).filter(([, other]) => meet(box, other))
        .map(([other]) => `${name} on ${other}`));
    const sticksOut = box => box.left < 0 || box.top < 0 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
    return [...pairs, ...seen.filter(([, box]) => sticksOut(box)).map(([name]) => `${name} out`)];
}"""


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_card_hides_another(
    visit: Callable[..., Visit], toy: str, screenshots: Path, size: tuple[int, int]
) -> None:
    is_phone = size[0] < 860 or size[1] <= 480
    seen = visit("#door=plan&view=use", address=toy, size=size, touch=is_phone)
    seen.wait_drawn()
    seen.page.screenshot(path=screenshots / f"size_{size[0]}x{size[1]}.png")
    found = set(seen.page.evaluate(FOUND, CARDS))
    assert found - ({"title on settings"} if is_phone else set()) == set()
