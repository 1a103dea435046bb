"""The download of a typical year from a stand-in for PVGIS on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from twin.checks import Checks
from twin.errors import NetworkError, StoreError, ZoneError
from twin.weather.download import fetch_weather
from twin.weather.file import read_weather

ROOT = Path(__file__).parents[3]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path, _, query = self.path.partition("?")
        self.server.asked.append((path, parse_qs(query)))
        self.server.hold.wait()
        status, content = self.server.answer if path == "/api/tmy" else (404, b"no such page")
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch, good_json):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.asked, server.hold, server.answer = [], threading.Event(), (200, good_json.encode())
        server.hold.set()
        server.url = f"http://127.0.0.1:{server.server_port}/api"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.hold.set()
        server.shutdown()
        thread.join()


def sentence(raised):
    text = str(raised.value)
    assert "\n" not in text
    assert "; " in text
    return text


def test_what_is_written_is_what_is_read(service, tmp_path, typical) -> None:
    out = tmp_path / "new" / "taicang.json"
    year = fetch_weather(31.45, 121.1, out, url=service.url)
    assert service.asked == [("/api/tmy", {"lat": ["31.45"], "lon": ["121.1"], "outputformat": ["json"]})]
    assert read_weather(out, Checks()).hours.equals(year.hours)
    assert year.ghi_kwh_per_m2 == pytest.approx(typical.ghi_kwh_per_m2)
    assert [path.name for path in out.parent.iterdir()] == ["taicang.json"]


def test_the_file_is_that_of_pvgis(service, tmp_path, good_json) -> None:
    fetch_weather(31.45, 121.1, tmp_path / "a.json", url=service.url + "/")
    written, sent = json.loads((tmp_path / "a.json").read_text()), json.loads(good_json)
    assert written["outputs"] == sent["outputs"]
    assert written["inputs"] == sent["inputs"]


def test_a_refusal_is_passed_on(service, tmp_path) -> None:
    service.answer = (400, b'{"message": "Location over the sea. Please, select another location", "status": 400}')
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 125.1, tmp_path / "a.json", url=service.url)
    assert "refuses the request (Location over the sea." in sentence(raised)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", [(500, b"<html>"), (429, b"slow down")])
def test_a_failing_service_is_told(service, tmp_path, answer) -> None:
    service.answer = answer
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url=service.url)
    assert str(answer[0]) in sentence(raised)


@pytest.mark.parametrize("content", [b"<html>hello</html>", b"{}", b"[]", b"5", b"", b'{"meta": {}, "inputs": {}}'])
def test_an_answer_of_something_else_is_told(service, tmp_path, content) -> None:
    service.answer = (200, content)
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url=service.url)
    assert "something else than a typical year" in sentence(raised)


def test_a_year_that_cannot_be_is_not_written(service, tmp_path, good_json) -> None:
    document = json.loads(good_json)
    document["outputs"]["tmy_hourly"] = document["outputs"]["tmy_hourly"][:-1]
    service.answer = (200, json.dumps(document).encode())
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url=service.url)
    assert "a year that cannot be (holds 8,759 rows" in sentence(raised)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.json": "old"}


def test_no_network_is_one_sentence(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url="http://127.0.0.1:9/api/")
    assert "refuses the connection" in sentence(raised)


def test_a_silent_service_is_not_waited_for(service, tmp_path) -> None:
    service.hold.clear()
    with pytest.raises(NetworkError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url=service.url, timeout_s=0.2)
    assert "did not answer within 0.2 s" in sentence(raised)


@pytest.mark.parametrize("place", [(91, 0), (0, -181), (float("nan"), 0)])
def test_no_place_is_not_asked_for(service, tmp_path, place) -> None:
    with pytest.raises(ZoneError, match="is no place on the earth; "):
        fetch_weather(*place, tmp_path / "a.json", url=service.url)
    assert service.asked == []


@pytest.mark.parametrize("url", ["file:///etc", "127.0.0.1", "http://", "http://me:secret@host/", "http://h/?a=b", "http://[x"])
def test_an_address_that_is_none_is_refused_without_its_secret(tmp_path, url) -> None:
    with pytest.raises(ZoneError) as raised:
        fetch_weather(31.45, 121.1, tmp_path / "a.json", url=url)
    assert "is no address of a service" in sentence(raised)
    assert "secret" not in str(raised.value)


def test_a_file_that_cannot_be_written_is_told(service, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written \(.*\); check the folder"):
        fetch_weather(31.45, 121.1, tmp_path / "file" / "a.json", url=service.url)


def fetch(*arguments, cwd, **environment):
    """Run the command line as the tree stands."""
    code = "from server.cli import main; main()"
    paths = os.environ | {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"} | environment
    return subprocess.run([sys.executable, "-c", code, "fetch", *arguments], cwd=cwd, env=paths, capture_output=True,
                          text=True, check=False, timeout=120)


def test_the_command_line_writes_the_weather(service, tmp_path) -> None:
    done = fetch("--weather", "--at", "31.45,121.1", "--out", "taicang.json", cwd=tmp_path,
                 ZONETWIN_PVGIS_URL=service.url)
    assert done.returncode == 0, done.stderr
    assert "1,375 kWh/m2 of global irradiation" in done.stderr
    assert "--weather taicang.json" in done.stderr
    assert read_weather(tmp_path / "taicang.json", Checks()).utc_offset_h == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--weather"], "write latitude,longitude"),
        (["--weather", "--at", "31.45"], "write latitude,longitude"),
        (["--weather", "--at", "121.1,31.45"], "is no place on the earth"),
        (["--at", "31.45,121.1"], "add --weather"),
        (["--weather", "--at", "31.45,121.1", "--place", "Taicang"], "not of a --place"),
        (["--weather", "--at", "31.45,121.1", "--pvgis-url", "http://127.0.0.1:9/"], "refuses the connection"),
    ],
)
def test_the_command_line_says_what_is_wrong_in_one_sentence(tmp_path, arguments, words) -> None:
    done = fetch(*arguments, "--out", "a.json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("zonetwin: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []
