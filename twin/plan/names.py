"""Invented names of quarters, estates and streets; none is meant to be that of a real place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

FIRST = "映沁澄和云清景泽锦翠望听棠兰苇荷霁朗晴雅松柳梧枫桂芦鹭燕"
SECOND = "溪湖浦泾塘湾桥园岸洲渚亭林原川泉屿汀坪岭陌野舟帆"
ESTATES = ("花园", "新苑", "雅庭", "府", "公馆", "家园", "名邸", "里")
OLD_ESTATES = ("新村", "一村", "二村", "小区", "三村")
VILLAGES = ("宅", "浜", "巷", "湾", "角")
SURNAMES = "陆顾沈钱蒋曹俞龚毛施"
SIDES = "东西南北中"


def word_pairs(random: np.random.Generator) -> Iterator[str]:
    """Yield pairs of characters in an order of their own, each once; then the same with a side of the compass."""
    pairs = [first + second for first in FIRST for second in SECOND]
    random.shuffle(pairs)
    yield from pairs
    for side in SIDES:
        yield from (side + pair for pair in pairs)
    number = 1
    while True:
        number += 1
        yield from (f"{pair}{number}" for pair in pairs)


def street_names(random: np.random.Generator, kinds: list[str]) -> list[str]:
    """Return a name for each street by its kind."""
    endings = {"primary": "大道", "secondary": "路", "tertiary": "路", "residential": "街"}
    pairs = word_pairs(random)
    return [next(pairs) + endings[kind] for kind in kinds]


def quarter_names(random: np.random.Generator, number: int) -> list[str]:
    """Return names of neighbourhoods."""
    pairs = word_pairs(random)
    return [next(pairs) + "社区" for _ in range(number)]


def estate_names(random: np.random.Generator, purposes: list[str]) -> list[str | None]:
    """Return a name for each lot that bears one by its purpose, None for the others."""
    pairs = word_pairs(random)
    endings = {"gated": ESTATES, "tower": ESTATES, "walkup": OLD_ESTATES}
    plain = {"school": "学校", "hospital": "医院", "park": "公园", "garden": "花园绿地", "industry": "精密机械",
             "logistics": "物流园", "centre": "广场", "market": "商业中心", "government": "政务中心",
             "culture": "文化馆", "sports": "体育中心", "works": "环境能源站", "station": "站"}
    names: list[str | None] = []
    for purpose in purposes:
        if purpose in endings:
            names.append(next(pairs) + str(random.choice(endings[purpose])))
        elif purpose == "commons":
            names.append(str(random.choice(list(SURNAMES))) + "家" + str(random.choice(VILLAGES)))
        elif purpose in plain:
            names.append(next(pairs) + plain[purpose])
        else:
            names.append(None)
    return names
