"""A stand-in for Overpass and Nominatim on this machine, and what it replays."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import shapely

from twin.crs import parse_crs

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
