"""Energy of every standing building is claimed once: by construction, or by industry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import box

from tests.layers.claimed import (
    KEPT,
    assert_same,
    claims_of,
    ledger_of,
    recompute_of,
    release_tables,
    tables_of,
    tidy,
)
from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

MILL, TOWN = box(0, 0, 100, 100), box(100, 0, 200, 100)
LOTS = [lot("mill", MILL, land_use="industrial"), lot("town", TOWN, land_use="residential"),
        lot("field", box(0, 100, 200, 200))]


def houses() -> list[dict[str, object]]:
    """Return buildings of all kinds that two rooms might both want, or neither."""
    return [
        house("plant", box(10, 10, 30, 30), use="industrial", levels=1),
        house("desk", box(40, 10, 50, 20), use="office", levels=1),  # on industrial land
        house("lost", box(60, 10, 70, 20), use="other", levels=1),
        house("forge", box(110, 10, 120, 20), use="industrial", levels=1),  # among homes
        house("home", box(140, 10, 150, 20), use="residential", levels=2),
        house("both", box(70, 60, 110, 70), use="office", levels=1),  # three quarters on industrial land
        house("barn", box(20, 150, 30, 160), use="agricultural", levels=1),
        house("soon", box(160, 10, 170, 20), use="office", levels=1, status="planned"),
        house("gone", box(180, 10, 190, 20), use="office", levels=1, status="demolished"),
    ]


@pytest.fixture
def zone(make: Callable[..., Zoned]) -> Zoned:
    barns = {"storey_height.agricultural": (5, 4, 6), "typical_levels.agricultural": (1, 1, 2)}
    made = make(houses(), LOTS, outline=box(0, 0, 200, 200), factors=barns)
    made.connection.execute("update building set use = null where building_id = 'lost'")
    return made


def owners(zone: Zoned) -> dict[tuple[str, str], list[str]]:
    """Return who claims the electricity of each piece of a building."""
    found: dict[tuple[str, str], list[str]] = {}
    for room in ("construction", "industry"):
        claims = claims_of(zone, room)
        mine = claims[(claims["carrier"] == "electricity") & (claims["subject_kind"] == "building")]
        for row in mine.to_dict("records"):
            found.setdefault((row["subject_id"], row["parcel_id"]), []).append(room)
    return found


def test_each_piece_of_a_standing_building_has_one_owner(zone: Zoned) -> None:
    pieces = zone.connection.execute(
        "select building_id, building_parcel.parcel_id from building_parcel inner join building using (building_id) "
        "where status = 'existing'").fetchall()
    found = owners(zone)
    assert sorted(found) == sorted(pieces)
    assert all(len(rooms) == 1 for rooms in found.values())


def test_land_and_use_tell_the_owner(zone: Zoned) -> None:
    # The parcel of most of a building's outline decides for all of its pieces.
    assert owners(zone) == {
        ("plant", "mill"): ["industry"], ("desk", "mill"): ["industry"], ("lost", "mill"): ["industry"],
        ("forge", "town"): ["industry"], ("both", "mill"): ["industry"], ("both", "town"): ["industry"],
        ("home", "town"): ["construction"], ("barn", "field"): ["construction"],
    }


def test_losses_stand_in_the_sector_of_the_electricity_that_was_lost(zone: Zoned) -> None:
    claims = claims_of(zone, "construction", "industry", "energy")
    piece = claims[claims["subject_kind"] == "building"].set_index(["subject_id", "parcel_id"])
    used = piece.loc[piece["carrier"] == "electricity"]
    lost = piece.loc[piece["carrier"] == "grid_losses"]
    assert (used["gpc_ref"].str[:3].sort_index() == lost["gpc_ref"].str[:3].sort_index()).all()
    assert used["base"].sort_index().equals(lost["base"].sort_index())
    assert set(used["gpc_ref"]) == {"I.1.2", "I.2.2", "I.3.2", "I.5.2"} - {"I.2.2"}


@pytest.mark.parametrize("room", ["construction", "industry", "energy"])
def test_a_second_computation_claims_the_same(zone: Zoned, room: str) -> None:
    assert_same(claims_of(zone, room), tidy(recompute_of(room)(tables_of(zone))))


@pytest.mark.parametrize("room", ["construction", "industry", "energy"])
def test_an_empty_zone_claims_the_same_twice_over_and_has_no_amount(make: Callable[..., Zoned], room: str) -> None:
    empty = make([], LOTS, outline=box(0, 0, 200, 200))
    claims = claims_of(empty, room)
    assert_same(claims, tidy(recompute_of(room)(tables_of(empty))))
    assert claims["base"].isna().all()
    assert set(claims["notation_key"]) <= {"NO", "NE", "IE"}


@pytest.mark.parametrize("room", ["construction", "industry", "energy"])
def test_the_ledger_of_the_toy_zone_holds_what_a_second_computation_claims(toy_release: Release, room: str) -> None:
    assert_same(ledger_of(toy_release, room), tidy(recompute_of(room)(release_tables(toy_release)), KEPT))
