"""A served zone, a real browser, and a watch on everything that pages must not do."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from server.app import make_app
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from twin.store import Store

PATIENCE_S = 60
LOCALES = {"en": "en-GB", "zh": "zh-CN", "fr": "fr-FR", "de": "de-DE"}
# Mesa's software rendering is about five times as fast as Chromium's own.
FLAGS = ["--use-gl=angle", "--use-angle=gl-egl", "--ignore-gpu-blocklist", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--no-first-run"]
WATCH = """
    window.harm = [];
    window.alert = (text) => window.harm.push(`alert ${text}`);
    // the loaders in pydeck's bundle try WebAssembly and do without it
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
        blockedURI === "wasm-eval" || window.harm.push(`${violatedDirective} ${blockedURI}`));
"""


@dataclass
class Visit:
    """One page with what it asked for and what it complained about."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    may_complain: bool = False

    def wait(self, expression: str, seconds: float = PATIENCE_S) -> Any:
        """Wait until an expression is true; `wait_for_function` needs an eval that the page's policy forbids."""
        end = time.monotonic() + seconds
        while not (value := self.page.evaluate(expression)):
            if time.monotonic() > end:
                message = f"still not true after {seconds} s: {expression}; the page said {self.complaints}"
                raise AssertionError(message)
            time.sleep(0.05)
        return value

    def wait_drawn(self) -> None:
        """Wait until all tiles are drawn, and two frames more."""
        self.wait("window.zonetwin !== undefined && zonetwin.ready && document.querySelector('#progress').hidden")
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def go(self, fragment: str) -> None:
        """Follow a link within the page."""
        self.page.evaluate("hash => { location.hash = hash; }", fragment)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a place is on the screen."""
        x, y = self.page.evaluate("p => zonetwin.deck.getViewports()[0].project(p)", [lon, lat])
        return x, y

    def harm(self) -> list[str]:
        """Return what breaks the page's promises: foreign requests, scripts that ran, complaints."""
        foreign = [url for url in self.requests if not url.startswith((self.address, "data:", "blob:"))]
        return foreign + self.page.evaluate("window.harm") + ([] if self.may_complain else self.complaints)


@contextmanager
def served(store: Store, zone: str) -> Iterator[str]:
    """Serve a zone on a free port for a while, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(make_app(Settings(store=store.folder, zone=zone)), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@pytest.fixture(scope="session")
def helsinki(helsinki_store: Store) -> Iterator[str]:
    """Return the address of the embedded zone."""
    with served(helsinki_store, "helsinki") as address:
        yield address


@pytest.fixture(scope="session")
def toy(toy_store: Store) -> Iterator[str]:
    """Return the address of the toy zone."""
    with served(toy_store, "toy") as address:
        yield address


@contextmanager
def software_browser() -> Iterator[Browser]:
    """Start Debian's Chromium where there is one, else Playwright's own; it draws by software."""
    os.environ["LIBGL_ALWAYS_SOFTWARE"] = "1"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one browser for all tests."""
    with software_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Callable[..., BrowserContext]:
    """Return a function that gives visitors with certain habits; they keep what their browser has fetched before."""
    known: dict[tuple[Any, ...], BrowserContext] = {}

    def meet(size: tuple[int, int], theme: str, language: str, *, touch: bool) -> BrowserContext:
        habits = (size, theme, language, touch)
        if habits not in known:
            known[habits] = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale=LOCALES[language],
                has_touch=touch, is_mobile=touch, reduced_motion="reduce",
            )
            known[habits].add_init_script(WATCH)
        return known[habits]

    return meet


@pytest.fixture
def visit(visitor: Callable[..., BrowserContext], helsinki: str) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens the map; at the end no page may have broken a promise."""
    visits: list[Visit] = []

    def open_map(
        fragment: str = "", *, address: str = helsinki, size: tuple[int, int] = (900, 600), theme: str = "light",
        language: str = "en", touch: bool = False, may_complain: bool = False,
        blocked: str | None = None,
    ) -> Visit:
        page = visitor(size, theme, language, touch=touch).new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        made = Visit(page, address, may_complain=may_complain)
        page.on("request", lambda request: made.requests.append(request.url))
        page.on("pageerror", lambda error: made.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (made.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: made.complaints.append(f"{said.type}: {said.text}")
                if said.type in {"error", "warning"} else None)
        if blocked:
            page.route(blocked, lambda route: route.abort())
        page.goto(f"{address}/{fragment}")
        visits.append(made)
        return made

    yield open_map
    harm = [fault for made in visits for fault in made.harm()]
    for made in visits:
        made.page.evaluate("localStorage.clear()")
        made.page.close()
    assert harm == []


@pytest.fixture
def seen(visit: Callable[..., Visit], toy: str) -> Visit:
    """Return the toy zone's uses on a desk, in the Plan door."""
    found = visit("#door=plan&view=use", address=toy, size=(1280, 800))
    found.wait_drawn()
    return found


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Return the folder of the pictures that are to be looked at."""
    folder = Path(__file__).parent.parent / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
