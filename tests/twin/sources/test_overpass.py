"""The live download, against a stand-in for Overpass and Nominatim on this machine that replays a real OSM file."""

from __future__ import annotations

import json
import math
import random
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import osmium
import pytest
import shapely

from twin.checks import Checks
from twin.classes import read_classes
from twin.crs import parse_crs
from twin.errors import NetworkError, NotFoundError, StoreError, ZoneError
from twin.sources import overpass, services
from twin.sources.osm import read_bounds, read_osm
from twin.sources.overpass import asked_tags, boundary_path, fetch_osm, licence_path

BBOX = (121.49149, 31.2809, 121.50325, 31.28945)
LARGE = (121.4, 31.2, 121.6, 31.38)  # 380 km2, asked for in pieces
STATE = "2026-03-20T00:00:00Z"
UTM = parse_crs(32651)
NASTY = {
    "name": "</script><img src=x onerror=alert(1)>",
    "addr:street": "Robert'); drop table building;--",
    "note": 'line one\nline two\t"quoted" \\ {{7*7}} ${HOME} %s',
    "ref": "../../etc/passwd",
    "name:ar": "\u202eأبجد\u202c",
    "name:zh": "🏠" * 255,
}


class StandIn(ThreadingHTTPServer):
    """Both services: notes what is asked, understands nothing of it, and answers what it is told to."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answers = {"/api/status": (404, b"no such page")}
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def replay(self, elements, **more):
        answer = {"version": 0.6, "osm3s": {"timestamp_osm_base": STATE}, "elements": elements} | more
        self.answers["/api/interpreter"] = (200, json.dumps(answer).encode())

    def locate(self, *places):
        self.answers["/search"] = (200, json.dumps(places).encode())

    def queries(self):
        return [body["data"][0] for path, body, _ in self.asked if path == "/api/interpreter"]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.answer(path, parse_qs(query))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(self.path, parse_qs(body))

    def answer(self, path, body):
        self.server.asked.append((path, body, dict(self.headers)))
        self.server.hold.wait()
        known = self.server.answers.get(path, (404, b""))
        status, content = known.pop(0) if isinstance(known, list) else known
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


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


def as_element(item):
    kinds = {"n": "node", "w": "way", "r": "relation"}
    element = {"type": kinds[item.type_str()], "id": item.id}
    if item.is_node():
        element |= {"lat": item.location.lat, "lon": item.location.lon}
    elif item.is_way():
        element["nodes"] = [node.ref for node in item.nodes]
    else:
        element["members"] = [{"type": kinds[one.type], "ref": one.ref, "role": one.role} for one in item.members]
    return element | ({"tags": dict(item.tags)} if item.tags else {})


def square(**tags):
    """Return a building of four corners, about 30 m wide."""
    corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
    nodes = [{"type": "node", "id": i, "lat": 31.285 + y * 3e-4, "lon": 121.495 + x * 3e-4}
             for i, (x, y) in enumerate(corners, 1)]
    return [*nodes, {"type": "way", "id": 9, "nodes": [1, 2, 3, 4, 1], "tags": {"building": "yes"} | tags}]


def located(geometry, **more):
    west, south, east, north = shapely.bounds(geometry).tolist()
    return {"place_id": 1, "osm_type": "relation", "osm_id": 7, "lat": str(south), "lon": str(west), "importance": 0.4,
            "class": "boundary", "type": "administrative", "name": "Siping", "display_name": "Siping, Shanghai",
            "boundingbox": [str(south), str(north), str(west), str(east)],
            "geojson": json.loads(shapely.to_geojson(geometry))} | more


def sentence(raised):
    """Return an error's message, which is one line that names a way on."""
    text = str(raised.value)
    assert "\n" not in text
    assert "; " in text
    return text


def test_download_reads_as_the_file_does(service, fetch, elements, tongji):
    service.replay(elements)
    fetched, given = Checks(), Checks()
    read_osm(fetch(), UTM, fetched)
    read_osm(tongji, UTM, given)
    assert fetched.report() == given.report()
    assert fetched.read["buildings"] == 226
    assert fetched.read["building_m2"] == pytest.approx(261_344, rel=0.005)
    assert fetched.read["road_km"] == pytest.approx(33.6, rel=0.01)


def test_no_object_loses_anything(service, fetch, elements):
    service.replay(elements)
    assert [as_element(item) for item in osmium.FileProcessor(str(fetch()))] == elements


def test_header_declares_the_box_and_the_state_of_the_data(service, fetch):
    service.replay(square())
    path = fetch()
    assert read_bounds(path) == pytest.approx(BBOX, abs=1e-7)
    assert osmium.io.Reader(str(path)).header().get("osmosis_replication_timestamp") == STATE


def test_licence_goes_along(service, fetch):
    service.replay(square())
    text = licence_path(fetch()).read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in text
    assert "Open Database License" in text
    assert STATE in text


def test_same_answer_gives_the_same_bytes_in_any_order(service, fetch, elements, tmp_path):
    service.replay(elements)
    first = fetch().read_bytes()
    shuffled = elements + elements[:100]
    random.Random(1).shuffle(shuffled)
    service.replay(shuffled)
    assert fetch(out=tmp_path / "other.osm.pbf", cache=tmp_path / "other").read_bytes() == first


def test_second_call_asks_nothing(service, fetch):
    service.replay(square())
    service.locate(located(shapely.box(*BBOX)))
    first = [fetch().read_bytes(), fetch(place="Siping").read_bytes()]
    assert [path for path, _, _ in service.asked] == ["/api/interpreter", "/search", "/api/interpreter"]
    service.asked.clear()
    assert [fetch().read_bytes(), fetch(place=" Siping ", timeout_s=3).read_bytes()] == first
    assert not service.asked


def test_one_request_asks_for_everything_inside_the_box(service, fetch, pauses):
    service.replay(square())
    fetch()
    (path, body, headers), = service.asked
    assert path == "/api/interpreter"
    assert headers["User-Agent"].startswith("zonetwin/")
    query = body["data"][0]
    assert query.startswith("[out:json][timeout:180]")
    assert "31.280900 121.491490" in query
    assert "31.289450 121.503250" in query
    assert "relation['building:part']" in query
    assert "way['natural'='coastline']" in query
    assert not any(pauses)


@pytest.mark.parametrize("table", ["osm_energy", "osm_land_cover", "osm_road_class"])
def test_what_the_reader_knows_is_asked_for(table):
    tags = asked_tags()
    for row in read_classes(table):
        if (row["key"], row["value"]) in overpass.VAST or row["key"].startswith(overpass.ATTRIBUTES):
            continue
        assert tags[row["key"]] is True or row["value"] in tags[row["key"]]
    assert tags["admin_level"] == ["10", "11", "9"]  # and no border of a country


def test_large_area_is_asked_for_in_pieces_and_written_once(service, fetch):
    service.replay(square())
    path = fetch(bbox=LARGE)
    assert len(set(service.queries())) == len(service.queries()) >= 4
    assert [item.type_str() for item in osmium.FileProcessor(str(path))] == ["n"] * 4 + ["w"]


def test_broken_off_download_goes_on_where_it_stopped(service, fetch):
    service.replay(square())
    good = service.answers["/api/interpreter"]
    service.answers["/api/interpreter"] = [good, good, (429, b"slow down")]
    with pytest.raises(NetworkError):
        fetch(bbox=LARGE)
    asked = service.queries()
    service.asked.clear()
    service.answers["/api/interpreter"] = good
    fetch(bbox=LARGE)
    assert service.queries()[0] == asked[2]
    assert not set(asked[:2]) & set(service.queries())


def test_osmnx_and_the_resolver_are_left_as_they_were(service, fetch):
    import osmnx

    before, resolve = dict(vars(osmnx.settings)), socket.getaddrinfo
    service.replay(square())
    fetch()
    service.answers["/api/interpreter"] = (500, b"")
    with pytest.raises(NetworkError):
        fetch(bbox=LARGE)
    assert vars(osmnx.settings) == before
    assert socket.getaddrinfo is resolve


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


def test_strange_tag_values_stay_data(service, fetch):
    service.replay(square(**NASTY))
    path = fetch()
    assert {"building": "yes"} | NASTY in [dict(item.tags) for item in osmium.FileProcessor(str(path))]
    building = read_osm(path, UTM, Checks()).buildings.iloc[0]
    assert building["name_local"] == NASTY["name"]
    assert building["feature_id"] == "osm:way/9"


def test_place_is_fetched_within_its_outline(service, fetch):
    outline = shapely.Point(121.497, 31.285).buffer(0.004, quad_segs=500)
    service.locate(located(shapely.Point(121, 31), importance=0.9), located(outline))
    service.replay(square())
    path = fetch(place="Siping, Shanghai")
    assert service.asked[0][1]["q"] == ["Siping, Shanghai"]
    assert read_bounds(path) == pytest.approx(outline.bounds, abs=1e-7)
    written = shapely.from_geojson(boundary_path(path).read_text(encoding="utf-8")).geoms[0]
    assert written.equals_exact(outline, 1e-9)
    ring = service.queries()[0].split("poly:'")[1].split("'")[0].split()
    asked = shapely.Polygon([(float(lon), float(lat)) for lat, lon in zip(ring[::2], ring[1::2], strict=True)])
    assert asked.covers(outline)
    assert asked.area < 1.6 * outline.area
    assert len(ring) <= 2 * overpass.CORNERS


def test_box_writes_no_outline(service, fetch):
    service.replay(square())
    assert not boundary_path(fetch()).exists()


def test_ragged_outline_is_asked_for_with_few_corners():
    turns = [i * math.tau / 5000 for i in range(5000)]
    star = shapely.Polygon([((0.03 + 0.01 * (i % 2)) * math.cos(a), (0.03 + 0.01 * (i % 2)) * math.sin(a))
                            for i, a in enumerate(turns)])
    wide = overpass._widen(star)
    assert wide.covers(star)
    assert shapely.get_num_coordinates(wide) <= overpass.CORNERS


def test_unknown_place_is_not_found_and_not_kept(service, fetch):
    service.locate()
    with pytest.raises(NotFoundError, match=r"finds no place 'Sipping'; .* bbox") as raised:
        fetch(place="Sipping")
    sentence(raised)
    service.locate(located(shapely.box(*BBOX)))
    service.replay(square())
    fetch(place="Sipping")


def test_place_without_an_outline_is_not_found(service, fetch):
    service.locate(located(shapely.Point(121.5, 31.28)))
    with pytest.raises(NotFoundError, match="only as a point or a line") as raised:
        fetch(place="A kiosk")
    sentence(raised)


def test_place_as_large_as_a_city_is_refused(service, fetch):
    service.locate(located(shapely.box(120.8, 30.7, 122.0, 31.9)))
    with pytest.raises(ZoneError, match=r"place 'Shanghai' covers 15,.* km2, and at most 500 km2") as raised:
        fetch(place="Shanghai")
    sentence(raised)
    assert not service.queries()


@pytest.mark.parametrize("content", [b"<html>", b"{}", b'["x"]', b'[{"importance": 1}]'])
def test_answer_that_is_no_list_of_places_is_refused(service, fetch, content):
    service.answers["/search"] = (200, content)
    with pytest.raises(NetworkError, match="answers with something else than places") as raised:
        fetch(place="Siping")
    sentence(raised)


@pytest.mark.parametrize(
    ("bbox", "fault"),
    [((121.6, 31.2, 121.5, 31.3), "west 121.6 is not west of east 121.5"),
     ((121.5, 31.2, 121.5, 31.3), "is not west of"),
     ((121.5, 31.3, 121.6, 31.2), "south 31.3 is not south of north 31.2"),
     ((31.2, 121.5, 31.3, 121.6), "south 121.5 is no latitude"),
     ((181, 0, 182, 1), "west 181 is no longitude"),
     ((math.nan, 0, 1, 1), "west nan is no longitude"),
     ((0, 0, math.inf, 1), "east inf is no longitude"),
     ((121, 31, 122, 32), "covers 10,.* km2, and at most 500 km2"),
     ((121, 31, 121.000001, 31.000001), "covers next to nothing"),
     ((1, 2, 3), "bbox has 3 numbers")],
)
def test_impossible_box_is_refused_before_anything_is_asked(service, fetch, bbox, fault):
    with pytest.raises(ZoneError, match=fault) as raised:
        fetch(bbox=bbox)
    sentence(raised)
    assert not service.asked


def test_every_fault_of_a_request_is_listed(service, fetch, tmp_path):
    with pytest.raises(ZoneError) as raised:
        fetch(place="\x07", bbox=(5, 95, 4, 96), out=tmp_path / "zone.txt", timeout_s=0, overpass_url="ftp://x",
              nominatim_url="https://me:secret@host")
    text = sentence(raised)
    for fault in ("either a place or a bbox", "no name", "south 95", "north 96", ".osm.pbf", "timeout 0 s", "'ftp://x'"):
        assert fault in text
    assert "secret" not in text
    assert not service.asked


def test_damaged_cache_is_said(service, fetch, tmp_path):
    service.replay(square())
    fetch()
    kept, = (tmp_path / "cache").rglob("*.json")
    kept.write_text(kept.read_text(encoding="utf-8")[:100], encoding="utf-8")
    with pytest.raises(StoreError, match=f"{kept.parent} holds a damaged answer; delete that folder"):
        fetch()


def test_folder_that_cannot_be_made_is_said(service, fetch, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made a folder"):
        fetch(cache=tmp_path / "file" / "cache")
    assert not service.asked


def test_failed_download_leaves_the_old_file(service, fetch):
    service.replay(square())
    path = fetch()
    before = path.read_bytes()
    service.answers["/api/interpreter"] = (504, b"")
    with pytest.raises(NetworkError):
        fetch(bbox=LARGE)
    assert path.read_bytes() == before
