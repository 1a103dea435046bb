"""What cannot be drawn is refused in one sentence."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from server.whatif.answer import MOST_WAITING, Bureau
from tests.server.whatif.conftest import box, ring
from twin.errors import BusyError

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def shaped(*points: tuple[float, float], **told: Any) -> dict[str, Any]:
    """Return a drawn building over a ring of points."""
    drawn = box(0, 0, 1, 1, **told)
    drawn["footprint"]["coordinates"] = [ring(*points)]
    return drawn


def with_hole() -> dict[str, Any]:
    drawn = box(40, 30, 80, 45)
    drawn["footprint"]["coordinates"].append(ring((50, 35), (60, 35), (60, 40)))
    return drawn


def circle(count: int) -> dict[str, Any]:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return shaped(*zip((60 + 10 * np.cos(turn)).tolist(), (40 + 8 * np.sin(turn)).tolist(), strict=True))


def open_ring() -> dict[str, Any]:
    drawn = box(40, 30, 80, 45)
    drawn["footprint"]["coordinates"][0].pop()
    return drawn


REFUSED: dict[str, tuple[Any, int]] = {
    "nothing": ({}, 422),
    "no buildings": ({"buildings": []}, 422),
    "too many": ({"buildings": [box(0, 0, 5, 5)] * 6}, 422),
    "too many removed": ({"remove": ["x"] * 21}, 422),
    "unknown key": ({"buildings": [box(40, 30, 60, 45)], "sql": "drop table building"}, 422),
    "unknown use": ({"buildings": [box(40, 30, 60, 45, use="castle")]}, 422),
    "no storey": ({"buildings": [box(40, 30, 60, 45, storeys=0)]}, 422),
    "half a storey": ({"buildings": [box(40, 30, 60, 45, storeys=1.5)]}, 422),
    "121 storeys": ({"buildings": [box(40, 30, 60, 45, storeys=121)]}, 422),
    "low storey": ({"buildings": [box(40, 30, 60, 45, storey_height_m=0)]}, 422),
    "unknown roof": ({"buildings": [box(40, 30, 60, 45, roof="onion")]}, 422),
    "unknown language": ({"buildings": [box(40, 30, 60, 45)], "lang": "xx"}, 422),
    "hole": ({"buildings": [with_hole()]}, 422),
    "65 corners": ({"buildings": [circle(65)]}, 422),
    "bow tie": ({"buildings": [shaped((40, 30), (60, 45), (60, 30), (40, 45))]}, 400),
    "line": ({"buildings": [shaped((40, 30), (60, 30), (80, 30))]}, 400),
    "one point": ({"buildings": [shaped((40, 30), (40, 30), (40, 30))]}, 400),
    "open": ({"buildings": [open_ring()]}, 400),
    "tiny": ({"buildings": [box(40, 30, 41, 31)]}, 400),
    "out of the zone": ({"buildings": [box(-50, 30, 60, 45)]}, 400),
    "another continent": ({"buildings": [box(0, 0, 1, 1) | {"footprint": {
        "type": "Polygon", "coordinates": [[[0, 0], [0.001, 0], [0.001, 0.001], [0, 0]]]}}]}, 400),
    "latitude of 120": ({"buildings": [box(0, 0, 1, 1) | {"footprint": {
        "type": "Polygon", "coordinates": [[[31, 121], [31, 121.001], [31.001, 121], [31, 121]]]}}]}, 400),
    "unknown building": ({"remove": ["file:none"]}, 404),
    "nul in an id": ({"remove": ["a\u0000b"]}, 404),
    "replaces unknown": ({"buildings": [box(40, 30, 60, 45, replaces="' or 1=1 --")]}, 404),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_a_sentence(toy_client: TestClient, name: str) -> None:
    body, status = REFUSED[name]
    answer = toy_client.post("/api/whatif", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "null", '"x"', "[[]]", "true"])
def test_coordinates_that_are_no_numbers_are_refused(toy_client: TestClient, number: str) -> None:
    text = json.dumps({"buildings": [box(40, 30, 60, 45)]}).replace("[[[", f"[[[{number}, ", 1)
    answer = toy_client.post("/api/whatif", content=text, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"]["status"] == answer.status_code


@pytest.mark.parametrize(("body", "status"), [
    (b"[" * 20_000, 400), (b"", 422), (b"\xff\xfe", 400), (b'{"remove": ["' + b"a" * 70_000 + b'"]}', 413)])
def test_bodies_that_are_no_request_are_refused(toy_client: TestClient, body: bytes, status: int) -> None:
    answer = toy_client.post("/api/whatif", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {status, 422}, answer.text
    assert answer.json()["error"]["message"]


def test_a_large_footprint_is_refused(toy_client: TestClient) -> None:
    answer = toy_client.post("/api/whatif", json={"buildings": [box(0, 0, 340, 180)]})
    assert answer.status_code == 400
    assert "50,000 m2" in answer.json()["error"]["message"]


def test_64_corners_are_answered(toy_client: TestClient) -> None:
    assert toy_client.post("/api/whatif", json={"buildings": [circle(64)]}).status_code == 200


def test_who_comes_when_too_many_wait_is_told_so() -> None:
    bureau, entered, free = Bureau(), threading.Event(), threading.Event()

    def stay() -> None:
        with bureau._queue():
            entered.set()
            free.wait(10)

    def wait() -> None:
        with bureau._queue():
            pass

    first = threading.Thread(target=stay)
    first.start()
    assert entered.wait(10)
    others = [threading.Thread(target=wait) for _ in range(MOST_WAITING - 1)]
    for thread in others:
        thread.start()
    while bureau._waiting < MOST_WAITING:
        threading.Event().wait(0.001)
    with pytest.raises(BusyError, match="ask again") as told, bureau._queue():
        pass
    assert told.value.key == "whatif.refused.busy"
    free.set()
    for thread in [first, *others]:
        thread.join(10)
    assert bureau._waiting == 0


WORDED = {"bow tie": "crossed", "line": "crossed", "open": "open", "tiny": "size", "out of the zone": "outside",
          "another continent": "outside", "latitude of 120": "latitude", "unknown building": "unknown",
          "replaces unknown": "unknown"}


@pytest.mark.parametrize("name", WORDED)
@pytest.mark.parametrize("language", ["en", "zh", "fr", "de"])
def test_a_refusal_names_its_words_in_every_language(toy_client: TestClient, name: str, language: str) -> None:
    error = toy_client.post("/api/whatif", json=REFUSED[name][0] | {"lang": language}).json()["error"]
    assert error["key"] == f"whatif.refused.{WORDED[name]}"
    words = toy_client.get("/api/labels", params={"lang": language}).json()[error["key"]]
    assert set(re.findall(r"{(\w+)}", words)) == set(error["values"])
    assert "{" not in words.format(**error["values"])


def test_who_must_wait_is_told_in_every_language(toy_client: TestClient) -> None:
    words = {toy_client.get("/api/labels", params={"lang": language}).json()["whatif.refused.busy"]
             for language in ("en", "zh", "fr", "de")}
    assert len(words) == 4


def test_other_refusals_have_no_words(toy_client: TestClient) -> None:
    assert "key" not in toy_client.get("/api/parcels/nowhere").json()["error"]
