"""Services that refuse, fall silent or answer nonsense: said in a sentence, and nothing of it kept."""

from __future__ import annotations

import socket

import pytest

from tests.twin.sources.overpass.stand_in import (
    sentence,
    square,
)
from twin.errors import NetworkError, NotFoundError
from twin.sources import overpass, services


@pytest.mark.parametrize("status", [429, 504])
@pytest.mark.parametrize("asked", [{}, {"place": "Siping"}])
def test_rate_limit_is_said_at_once(service, fetch, pauses, status, asked):
    service.answers |= {"/api/interpreter": (status, b"<html>busy</html>"), "/search": (status, b"busy")}
    with pytest.raises(NetworkError) as raised:
        fetch(**asked)
    text = sentence(raised)
    assert f"{service.url}{'/search' if asked else '/api/interpreter'} answers {status}: its rate limit" in text
    assert "PBF extract with --osm" in text
    assert len(service.asked) == 1
    assert sum(pauses) <= 1  # Nominatim's own courtesy


@pytest.mark.parametrize("status", [400, 403, 406, 500, 502])
def test_refusal_names_the_service(service, fetch, status):
    service.answers["/api/interpreter"] = (status, b"<html>no</html>")
    with pytest.raises(NetworkError, match=f"/api/interpreter answers {status} and refuses"):
        fetch()


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Welcome to the hotel</html>", b"[]", b'{"elements": 5}', b'{"error": "x"}', b"\xff\xfe",
     b'{"elements": [',
     b'{"elements": [{"type": "area", "id": 1}]}', b'{"elements": [{"type": "node", "id": 1, "lat": 91, "lon": 0}]}',
     b'{"elements": [{"type": "node", "id": 1, "lat": NaN, "lon": 0}]}',
     b'{"elements": [{"type": "node", "id": 99999999999999999999, "lat": 1, "lon": 0}]}',
     b'{"elements": [{"type": "way", "id": 1, "nodes": ["1"]}]}',
     b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 0, "tags": {"name": "a\\u0000b"}}]}',
     b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 0, "tags": {"name": "\\ud800"}}]}',
     b'{"elements": [{"type": "node", "id": 1, "lat": 1, "lon": 0, "tags": {"name": "' + b"x" * 2000 + b'"}}]}'],
)
def test_answer_that_is_no_osm_data_is_refused_and_not_kept(service, fetch, content):
    service.answers["/api/interpreter"] = (200, content)
    with pytest.raises(NetworkError, match=f"{service.url}/api answers with something else than OSM data") as raised:
        fetch()
    assert len(sentence(raised)) < 400
    service.replay(square())
    fetch()


def test_answer_that_was_broken_off_is_refused_and_not_kept(service, fetch):
    service.replay(square(), remark='runtime error: Query timed out in "query" at line 3 after 181 seconds.\n')
    with pytest.raises(NetworkError, match=r"broke off its answer .* ask for a smaller area") as raised:
        fetch()
    sentence(raised)
    service.replay(square())
    fetch()


def test_nothing_there_is_not_found_and_not_kept(service, fetch):
    service.replay([])
    with pytest.raises(NotFoundError) as raised:
        fetch()
    sentence(raised)
    service.replay(square())
    fetch()


@pytest.mark.parametrize("asked", [{}, {"place": "Siping"}])
def test_refused_connection_names_the_url_and_the_way_out(fetch, asked):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with pytest.raises(NetworkError, match=f"{url} refuses the connection; .*PBF extract with --osm") as raised:
        fetch(overpass_url=url, nominatim_url=url, **asked)
    sentence(raised)


@pytest.mark.parametrize("url", ["https://overpass.example", overpass.OVERPASS_URL])
def test_no_internet_is_said_plainly_and_at_once(fetch, monkeypatch, pauses, url):
    def fail(*_, **__):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "gethostbyname", fail)
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(NetworkError, match=f"{url} cannot be found, .*PBF extract with --osm") as raised:
        fetch(overpass_url=url)
    sentence(raised)
    assert not any(pauses)


def test_silent_service_is_given_up(service, fetch):
    service.hold.clear()
    with pytest.raises(NetworkError, match=r"did not answer within 0\.2 s"):
        fetch(timeout_s=0.2)


@pytest.mark.parametrize(("line", "waits"), [("2 slots available now.", False),
                                             ("Slot available after: 2020-01-01T00:00:00Z, in 3 seconds.", True)])
def test_shared_service_is_asked_for_a_slot(service, fetch, pauses, monkeypatch, line, waits):
    monkeypatch.setattr(services, "SLOTTED_HOSTS", ("127.0.0.1",))
    status = f"Connected as: 1\nCurrent time: x\nAnnounced\nRate limit: 2\n{line}\n"
    service.answers["/api/status"] = (200, status.encode())
    service.replay(square())
    fetch()
    assert [path for path, _, _ in service.asked] == ["/api/status", "/api/status", "/api/interpreter"]
    assert any(pauses) is waits
