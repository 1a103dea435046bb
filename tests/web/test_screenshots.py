"""Pictures of every view, on a desk and on a phone, by day and by night. Whoever changes a view looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import Visit

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 800), "phone": (390, 844), "small": (360, 640)}
# What does not fit: text cut off in a card, cards that lie on each other or reach beyond the window.
MISFITS = """() => {
    const faults = [];
    const box = id => document.querySelector(id).getBoundingClientRect();
    for (const card of document.querySelectorAll('.card')) {
        const { left, right, top, bottom, width } = card.getBoundingClientRect();
        const inside = left > -2 && right < innerWidth + 2 && top > -2 && bottom < innerHeight + 2;
        if (width && !inside) faults.push(card.id);
    }
    const [title, list, legend, foot] = ['#title', '#door', '#legend', '#foot'].map(box);
    const sheet = innerWidth < 720;  // there the list lies over the rest
    if (list.height && !sheet && (list.top < title.bottom || list.bottom > legend.top)) faults.push('column');
    if (foot.right > innerWidth + 1 || foot.bottom > innerHeight + 1) faults.push('foot');
    if (document.documentElement.scrollWidth > innerWidth) faults.push('page');
    return faults;
}"""


@pytest.mark.parametrize(("size", "theme", "language"), [
    ("desk", "light", "en"), ("desk", "dark", "zh"), ("phone", "light", "zh"), ("phone", "dark", "fr"),
    ("small", "light", "de"),
])
def test_every_view_has_its_picture(
    visit: Callable[..., Visit], screenshots: Path, size: str, theme: str, language: str
) -> None:
    seen = visit("#view=height", size=SIZES[size], theme=theme, language=language, touch=size != "desk")
    seen.wait_drawn()
    views = seen.page.evaluate("zonetwin.state.catalogue.layers.flatMap(({views}) => views.map(({id}) => id))")
    assert len(views) > 5
    for view in views if size != "small" else ("use", "emissions"):
        seen.go(f"#view={view}")
        seen.wait(f"zonetwin.state.spec.metadata.view === '{view}'")
        seen.wait_drawn()
        path = screenshots / f"{view}_{size}_{theme}_{language}.png"
        seen.page.screenshot(path=path)
        assert path.stat().st_size > 10_000
        assert (view, seen.page.evaluate(MISFITS)) == (view, [])
    seen.go("#view=emissions&select=building/osm:way/122595241")
    seen.wait("zonetwin.state.feature && !document.querySelector('#panel').hidden")
    seen.wait_drawn()
    seen.page.screenshot(path=screenshots / f"panel_{size}_{theme}_{language}.png")
    assert seen.page.evaluate(MISFITS) == []
    if size != "desk":
        seen.page.click("#panel .plain")
        seen.page.click("#menu-open")
        seen.page.screenshot(path=screenshots / f"menu_{size}_{theme}_{language}.png")
        assert seen.page.evaluate(MISFITS) == []
