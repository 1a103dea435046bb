"""The download from the stand-in; nothing sleeps."""

from __future__ import annotations

import threading
import time

import osmium
import pytest

from tests.twin.sources.overpass.stand_in import (
    BBOX,
    StandIn,
    as_element,
)
from twin.sources.overpass import fetch_osm


@pytest.fixture
def pauses(monkeypatch):
    """Return how long the download wanted to pause; nothing sleeps."""
    wanted = []
    monkeypatch.setattr(time, "sleep", wanted.append)
    return wanted


@pytest.fixture
def service(monkeypatch, pauses):  # noqa: ARG001 - nothing may sleep
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def fetch(service, tmp_path):
    """Return the download from the stand-in."""

    def fetch(**changes):
        settings = {"place": None, "bbox": BBOX, "out": tmp_path / "zone.osm.pbf", "overpass_url": f"{service.url}/api",
                    "nominatim_url": service.url, "cache": tmp_path / "cache", "timeout_s": 10, "say": lambda _: None}
        if "place" in changes:
            settings["bbox"] = None
        return fetch_osm(**settings | changes)

    return fetch


@pytest.fixture(scope="session")
def tongji(test_data):
    return test_data / "osm" / "shanghai_tongji_siping_2026.osm"


@pytest.fixture(scope="session")
def elements(tongji):
    """Return every object of the file as Overpass writes it."""
    return [as_element(item) for item in osmium.FileProcessor(str(tongji))]
