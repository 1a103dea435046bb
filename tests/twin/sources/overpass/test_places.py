"""Places by name, and requests that cannot be met."""

from __future__ import annotations

import math

import pytest
import shapely

from tests.twin.sources.overpass.stand_in import (
    BBOX,
    LARGE,
    located,
    sentence,
    square,
)
from twin.errors import NetworkError, NotFoundError, StoreError, ZoneError
from twin.sources import overpass
from twin.sources.osm import read_bounds
from twin.sources.overpass import boundary_path


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
