"""Whatever is asked, the server answers or refuses; it never fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from server.app import make_app
from server.settings import Settings

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from twin.store import Store

NASTY = (
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "/etc/passwd", "C:\\windows\\win.ini",
    "' or 1=1 --", "'; drop table building; --", '" or ""="', "1; attach 'x.db'", "$q", "{0}", "%s", "%", "_", "\\",
    "read_text('/etc/passwd')", "<script>alert(1)</script>", "=1+1", "\x00", "a\x00b", "\r\nX-Evil: 1", "\ud7ff",
    "太仓市", "Стрит", "שלום", "👩‍👩‍👧‍👦", "é", "e\u0301", "İstanbul", "ß", "\u202etxt", "a" * 199, "NaN", "-1",
    "1e999", "null",
)
ROUTES = ("/api/buildings/{}", "/api/parcels/{}", "/api/energy-assets/{}", "/api/search?q={}", "/views/{}.json",
          "/api/layers/{}/histogram?column=far", "/api/layers/planning/histogram?column={}", "/api/labels?lang={}",
          "/views/height.json?theme={}", "/export/{}.csv", "/export/building.{}", "/static/web/{}",
          "/tiles/{}/building/14/9325/4741.geojson", "/api/search?q=a&limit={}")


@pytest.mark.parametrize("route", ROUTES)
def test_nasty_words_are_answered_or_refused(client: TestClient, route: str) -> None:
    for word in NASTY:
        answer = client.get(route.format(quote(word, safe="")))
        assert answer.status_code in {200, 307, 404, 422}, (route, word, answer.text)
        assert "root:" not in answer.text
        assert "x-evil" not in answer.headers
        if answer.status_code in {404, 422}:
            assert answer.json()["error"]["status"] == answer.status_code


@pytest.mark.parametrize("part", ["14/99999/0", "23/0/0", "-1/0/0", "14/0/-1", "x/0/0", "14/0/0.5", "14/4194304/0",
                                  "0/1/0", "99999999999999999999/0/0"])
def test_impossible_tiles_are_refused(client: TestClient, part: str) -> None:
    release = client.get("/health").json()["release_id"]
    answer = client.get(f"/tiles/{release}/building/{part}.geojson")
    assert answer.status_code in {404, 422}
    assert "error" in answer.json()


def test_unknown_tile_layer_is_refused(client: TestClient) -> None:
    release = client.get("/health").json()["release_id"]
    for layer in ("wide_building", "factor", "none", "' or 1=1"):
        assert client.get(f"/tiles/{release}/{quote(layer)}/14/9325/4741.geojson").status_code == 404


def test_id_in_a_path_may_hold_slashes_and_signs(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "Stockmann"}).json()["results"][0]["id"]
    assert "/" in found
    for path in (found, quote(found), quote(found, safe=""), quote(found, safe=":/")):
        assert client.get(f"/api/buildings/{path}").json()["id"] == found


def test_no_request_makes_the_server_fail(own_store: Store) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json",
                                            make_app(Settings(store=own_store.folder, zone="toy")))
    answered: dict[str, set[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=12, deadline=None, derandomize=True, database=None,
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call()
            answered.setdefault(case.operation.path, set()).add(answer.status_code)
            assert answer.status_code < 500, (case.path, case.path_parameters, case.query, answer.text)
            assert answer.headers["content-security-policy"]

        ask()
    assert len(answered) >= 12
    assert sum(200 in statuses for statuses in answered.values()) >= 6
