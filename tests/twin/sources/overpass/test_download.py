"""The live download, against a stand-in that replays a real OSM file."""

from __future__ import annotations

import random
import socket

import osmium
import pytest
import shapely

from tests.twin.sources.overpass.stand_in import (
    BBOX,
    LARGE,
    NASTY,
    STATE,
    UTM,
    as_element,
    located,
    square,
)
from twin.checks import Checks
from twin.classes import read_classes
from twin.errors import NetworkError
from twin.sources import overpass
from twin.sources.osm import read_bounds, read_osm
from twin.sources.overpass import asked_tags, licence_path


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



def test_strange_tag_values_stay_data(service, fetch):
    service.replay(square(**NASTY))
    path = fetch()
    assert {"building": "yes"} | NASTY in [dict(item.tags) for item in osmium.FileProcessor(str(path))]
    building = read_osm(path, UTM, Checks()).buildings.iloc[0]
    assert building["name_local"] == NASTY["name"]
    assert building["feature_id"] == "osm:way/9"
