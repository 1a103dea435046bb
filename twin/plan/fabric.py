"""Urban fabric: which houses stand on the lots of each purpose, how deep, long, high and far apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fabric:
    """
    One kind of house on the lots of one purpose.

    Attributes
    ----------
    kind, use
        Value of the tag `building`, and the model's word for the use.
    depths_m, lengths_m
        Of the house, one drawn per row and one per house.
    side_m, gap_m
        Between the houses of a row, and between rows; a gap of 0 lets the sunlight rule decide.
    levels
        Storeys, drawn per row.
    storey_m
        Height of a storey; 0 where dwellings have it by their year.
    most
        Most houses of the kind on a lot of ordinary size.
    edge_m
        Between the lot's edge and the house.
    clear_m
        To other houses of the lot.
    from_north
        Whether rows start at the northern edge.
    is_home
        Whether people live in it who have a right to sunlight.
    roofs
        Roof shapes, one drawn per house.
    podium
        Storeys of the podium below a tower; its outline is larger.
    is_central
        Whether it stands in the midst of the lot rather than at its southern edge.
    share
        Of the lots that have it.
    """

    kind: str
    use: str
    depths_m: tuple[float, ...]
    lengths_m: tuple[float, ...]
    side_m: float
    gap_m: float
    levels: tuple[int, ...]
    storey_m: float
    most: int = 999
    edge_m: float = 8.0
    clear_m: float = 9.0
    from_north: bool = False
    is_home: bool = False
    roofs: tuple[str, ...] = ("flat",)
    podium: int = 0
    is_central: bool = False
    share: float = 1.0


GATEHOUSE = Fabric("service", "utility", (4.0,), (7.0,), 9, 60, (1,), 3.3, most=1, edge_m=1.5, clear_m=3)
SWITCH_ROOM = Fabric("service", "utility", (7.0,), (11.0,), 40, 90, (1,), 4.2, most=1, edge_m=3, clear_m=5)
SHOPS = Fabric("retail", "retail", (10.0, 12.0), (28.0, 42.0, 56.0), 6, 200, (2,), 4.2, most=3, edge_m=2, clear_m=9,
               from_north=True, share=0.55)
NURSERY = Fabric("kindergarten", "education", (16.0,), (38.0,), 20, 60, (3,), 3.6, most=1, edge_m=6, clear_m=12,
                 share=0.3)

FABRICS: dict[str, tuple[Fabric, ...]] = {
    "gated": (
        Fabric("apartments", "residential", (13.2, 14.4), (34.0, 46.0, 58.0), 14, 0, (6, 8, 11, 11, 11, 15, 17, 18), 0,
               edge_m=11, is_home=True),
        NURSERY, SHOPS,
        Fabric("service", "office", (12.0,), (20.0,), 20, 90, (2,), 3.6, most=1, edge_m=4, clear_m=8, share=0.6),
        SWITCH_ROOM, GATEHOUSE,
    ),
    "tower": (
        Fabric("apartments", "residential", (16.5, 17.5), (30.0, 34.0), 18, 0, (13, 15, 17, 18, 18, 26), 0,
               edge_m=14, is_home=True),
        NURSERY, SHOPS,
        Fabric("service", "office", (14.0,), (24.0,), 20, 90, (2,), 3.9, most=1, edge_m=4, clear_m=8),
        SWITCH_ROOM, GATEHOUSE,
    ),
    "walkup": (
        Fabric("apartments", "residential", (11.0, 11.8), (28.0, 42.0, 54.0), 7, 0, (5, 6, 6), 0, edge_m=6,
               is_home=True, roofs=("flat", "gabled", "gabled")),
        SHOPS,
        Fabric("garages", "parking", (6.0,), (18.0, 30.0), 4, 12, (1,), 3.0, most=3, edge_m=2, clear_m=6),
        SWITCH_ROOM, GATEHOUSE,
    ),
    "village": (
        Fabric("house", "residential", (9.0, 10.5), (9.5, 11.5, 12.5), 3.6, 11, (2, 2, 3, 3), 0, edge_m=5,
               roofs=("gabled", "hipped", "gabled")),
    ),
    "oldtown": (
        Fabric("house", "residential", (9.0, 11.0), (5.8, 7.2, 8.4), 0.0, 4.5, (2, 2, 2, 1), 0, edge_m=3,
               roofs=("gabled",)),
    ),
    "centre": (
        Fabric("office", "office", (30.0, 34.0), (34.0, 38.0), 40, 60, (16, 18, 22, 26, 32), 3.9, most=1, edge_m=22,
               podium=3, is_central=True, share=0.4),
        Fabric("office", "office", (18.0, 22.0), (38.0, 50.0), 18, 24, (5, 6, 8, 10), 3.9, most=2, edge_m=10,
               clear_m=18),
        Fabric("hotel", "hotel", (17.0,), (42.0, 48.0), 18, 30, (9, 12), 3.6, most=1, edge_m=9, clear_m=18, share=0.2),
        Fabric("retail", "retail", (16.0, 20.0), (36.0, 48.0), 8, 14, (2, 3), 5.4, most=2, edge_m=6, clear_m=13),
    ),
    "market": (
        Fabric("retail", "retail", (66.0, 58.0), (96.0, 80.0, 60.0), 18, 40, (4, 5), 5.4, most=1, edge_m=12,
               is_central=True),
        Fabric("supermarket", "retail", (30.0, 26.0), (44.0, 34.0), 12, 20, (2,), 5.4, most=1, edge_m=8, clear_m=16),
        Fabric("parking", "parking", (32.0,), (48.0,), 14, 20, (5,), 3.3, most=1, edge_m=8, clear_m=14, share=0.5),
        Fabric("retail", "retail", (12.0,), (30.0, 42.0), 6, 16, (2, 3), 4.5, most=5, edge_m=4, clear_m=10),
    ),
    "industry": (
        Fabric("industrial", "industrial", (42.0, 54.0, 66.0), (48.0, 66.0, 84.0, 108.0), 12, 13, (1,), 9.6, most=8,
               edge_m=9, roofs=("flat", "flat", "gabled", "sawtooth")),
        Fabric("industrial", "industrial", (20.0, 24.0), (30.0, 42.0), 10, 12, (3, 4), 4.8, most=3, edge_m=7,
               clear_m=10),
        Fabric("office", "office", (14.0, 16.0), (32.0, 44.0), 10, 30, (3, 4, 5), 3.9, most=1, edge_m=6, clear_m=10),
        Fabric("service", "utility", (8.0,), (14.0,), 30, 90, (1,), 4.5, most=1, edge_m=3, clear_m=7),
        GATEHOUSE,
    ),
    "logistics": (
        Fabric("warehouse", "warehouse", (54.0, 66.0), (96.0, 120.0, 72.0), 24, 32, (1,), 11.0, most=4, edge_m=16,
               roofs=("flat", "gabled")),
        Fabric("warehouse", "warehouse", (26.0, 32.0), (40.0, 54.0, 66.0), 16, 22, (1,), 9.0, most=3, edge_m=12,
               clear_m=20),
        Fabric("office", "office", (13.0,), (30.0,), 10, 30, (3,), 3.9, most=1, edge_m=6, clear_m=12),
        GATEHOUSE,
    ),
    "works": (
        Fabric("industrial", "utility", (20.0, 26.0), (36.0, 48.0), 16, 22, (1, 2), 7.0, most=4, edge_m=14,
               is_central=True),
        Fabric("service", "utility", (10.0,), (16.0,), 12, 16, (1,), 4.5, most=4, edge_m=8, clear_m=10),
        GATEHOUSE,
    ),
    "school": (
        Fabric("school", "education", (9.6, 10.8), (48.0, 60.0, 66.0), 14, 25, (4, 4, 5), 3.9, most=5, edge_m=12),
        Fabric("sports_hall", "sports", (30.0,), (44.0,), 14, 30, (1,), 11.0, most=1, edge_m=9, clear_m=14),
        Fabric("service", "education", (18.0,), (36.0,), 12, 20, (2,), 4.2, most=1, edge_m=7, clear_m=12),
        GATEHOUSE,
    ),
    "hospital": (
        Fabric("hospital", "healthcare", (26.0, 22.0), (66.0, 54.0), 20, 30, (12, 14, 10), 4.2, most=2, edge_m=14,
               is_central=True),
        Fabric("hospital", "healthcare", (34.0, 30.0), (56.0, 48.0), 16, 22, (4, 5), 4.5, most=2, edge_m=10,
               clear_m=15),
        Fabric("service", "utility", (12.0,), (22.0,), 12, 16, (1,), 4.5, most=2, edge_m=6, clear_m=10),
        GATEHOUSE,
    ),
    "government": (
        Fabric("government", "government", (18.0, 20.0), (60.0, 72.0), 20, 36, (8, 10, 6), 3.9, most=2, edge_m=16,
               is_central=True),
        Fabric("government", "government", (15.0,), (36.0, 44.0), 16, 26, (4, 5), 3.9, most=3, edge_m=10, clear_m=16),
        GATEHOUSE,
    ),
    "culture": (
        Fabric("civic", "culture", (44.0,), (60.0, 54.0), 24, 34, (3, 4), 6.0, most=2, edge_m=16, is_central=True),
        Fabric("museum", "culture", (26.0, 22.0), (34.0, 42.0), 18, 30, (2, 3), 6.0, most=3, edge_m=12, clear_m=20),
    ),
    "sports": (
        Fabric("sports_hall", "sports", (54.0,), (78.0,), 26, 40, (1,), 18.0, most=1, edge_m=16, is_central=True),
        Fabric("sports_hall", "sports", (34.0,), (52.0,), 20, 30, (1,), 12.0, most=2, edge_m=10, clear_m=16),
        Fabric("sports_hall", "sports", (22.0,), (36.0,), 16, 30, (1,), 9.0, most=1, edge_m=7, clear_m=14),
    ),
    "park": (
        Fabric("kiosk", "retail", (6.0,), (9.0,), 90, 140, (1,), 3.6, most=1, edge_m=9, share=0.5, roofs=("hipped",)),
        Fabric("toilets", "utility", (6.0,), (10.0,), 90, 140, (1,), 3.6, most=1, edge_m=9, share=0.4),
    ),
    "station": (
        Fabric("train_station", "transport", (20.0,), (64.0,), 20, 60, (2,), 6.0, most=1, edge_m=3),
    ),
    "substation": (
        Fabric("service", "utility", (15.0,), (34.0,), 20, 60, (2,), 5.0, most=1, edge_m=7),
    ),
}
FABRICS["garden"] = FABRICS["park"]
