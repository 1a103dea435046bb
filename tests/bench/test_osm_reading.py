"""Reading Monaco: this project's reader, all themes, against two other readers of OSM files in the same run."""

from __future__ import annotations

import time

import osmium
import pytest

from twin.checks import Checks
from twin.crs import parse_crs
from twin.sources.osm import read_osm

UTM = parse_crs(32632)
BUILDINGS = 1283  # of 1,286 tagged, those whose outline is whole
ROUNDS = 5
FASTER_THAN_OSMNX = 3  # at least so many times, though OSMnx reads buildings only
SLOWER_THAN_PYROSM = 6  # at most so many times, the same themes

pytestmark = [
    pytest.mark.benchmark(group="reading Monaco's OSM data"),
    pytest.mark.filterwarnings("ignore"),  # of the other readers
]


@pytest.fixture(scope="module")
def monaco(test_data):
    return test_data / "osm" / "monaco_2023.osm.pbf"


@pytest.fixture(scope="module")
def monaco_xml(monaco, tmp_path_factory):
    """Return the same objects as XML, the only form that OSMnx reads."""
    path = tmp_path_factory.mktemp("monaco") / "monaco.osm"
    writer = osmium.SimpleWriter(str(path))
    for item in osmium.FileProcessor(str(monaco)):
        writer.add(item)
    writer.close()
    return path


@pytest.fixture
def ours_s(benchmark, monaco):
    """Return the time that our reader takes, checked by its count. [s]"""
    checks = benchmark.pedantic(read, (monaco,), rounds=ROUNDS, warmup_rounds=1)
    assert checks.read["buildings"] == BUILDINGS
    return benchmark.stats.stats.min


def read(path):
    checks = Checks()
    read_osm(path, UTM, checks)
    return checks


def fastest_s(call):
    """Return the shortest of several times, and the result. [s]"""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = call()
        times.append(time.perf_counter() - start)
    return min(times), result


def report(benchmark, peer, peer_s, ours_s):
    benchmark.extra_info |= {"peer": peer, "peer_s": round(peer_s, 3), "ratio": round(peer_s / ours_s, 2)}
    print(f"\n{BUILDINGS} buildings: ours {ours_s:.3f} s (all themes), {peer} {peer_s:.3f} s: {peer_s / ours_s:.2f} x")


def test_reading_is_faster_than_osmnx(benchmark, ours_s, monaco_xml):
    import osmnx

    peer_s, frame = fastest_s(lambda: osmnx.features_from_xml(monaco_xml, tags={"building": True}))
    report(benchmark, "osmnx, buildings only", peer_s, ours_s)
    assert len(frame) == BUILDINGS
    assert peer_s > FASTER_THAN_OSMNX * ours_s


def test_reading_keeps_up_with_pyrosm(benchmark, ours_s, monaco):
    from pyrosm import OSM

    def read_themes():
        # In memory: its other engine keeps results on disk, and a second reading would measure nothing.
        reader = OSM(str(monaco), engine="in_memory")
        reader.get_network("all")
        reader.get_landuse()
        reader.get_natural()
        reader.get_pois()
        return reader.get_buildings()

    peer_s, frame = fastest_s(read_themes)
    report(benchmark, "pyrosm, the same themes", peer_s, ours_s)
    assert len(frame) == BUILDINGS
    assert ours_s < SLOWER_THAN_PYROSM * peer_s
