"""Invented names of quarters, estates and streets; none is meant to be that of a real place."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

FIRST = "映沁澄和云清景泽锦翠望听棠兰苇荷霁朗晴雅松柳梧枫桂芦鹭燕"
SECOND = "溪湖浦泾塘湾桥园岸洲渚亭林原川泉屿汀坪岭陌野舟帆"
ESTATES = ("花园", "新苑", "雅庭", "府", "公馆", "家园", "名邸", "里")
OLD_ESTATES = ("新村", "一村", "二村", "小区", "三村")
VILLAGES = ("宅", "浜", "巷", "湾", "角")
SURNAMES = "陆顾沈钱蒋曹俞龚毛施郁奚"
SIDES = "东西南北中"
KNOWN = {  # places that there are
    "桂林", "松原", "兰溪", "松溪", "芦溪", "锦溪", "清溪", "云溪", "枫桥", "枫泾", "澄湖",
    "兰亭", "云林", "兰屿", "燕园", "晴川", "清原", "柳林", "芦洲", "清浦", "清泉", "望亭",
}


def word_pairs(random: np.random.Generator) -> Iterator[str]:
    """Yield pairs of characters in an order of their own, but for those that are known elsewhere."""
    pairs = [first + second for first in FIRST for second in SECOND]
    random.shuffle(pairs)
    yield from _without_end([pair for pair in pairs if pair not in KNOWN])


def _without_end(words: list[str]) -> Iterator[str]:
    """Yield words, each once; then the same with a side of the compass, then with numbers."""
    yield from words
    for side in SIDES:
        yield from (side + word for word in words)
    for number in itertools.count(2):
        yield from (f"{word}{number}" for word in words)


def street_names(random: np.random.Generator, kinds: list[str]) -> list[str]:
    """Return a name for each street by its kind."""
    endings = {"primary": "大道", "secondary": "路", "tertiary": "路", "residential": "街"}
    pairs = word_pairs(random)
    return [next(pairs) + endings[kind] for kind in kinds]


def quarter_names(random: np.random.Generator, has_homes: list[bool]) -> list[str]:
    """Return names of neighbourhoods; where nobody lives they are those of business parks."""
    pairs = word_pairs(random)
    return [next(pairs) + ("社区" if lived_in else "产业园") for lived_in in has_homes]


def estate_names(random: np.random.Generator, purposes: list[str]) -> list[str | None]:
    """Return a name for each lot that bears one by its purpose, None for the others."""
    pairs = word_pairs(random)
    villages = [f"{surname}家{ending}" for surname in SURNAMES for ending in VILLAGES]
    random.shuffle(villages)
    village = _without_end(villages)
    endings = {"gated": ESTATES, "tower": ESTATES, "walkup": OLD_ESTATES}
    plain = {"school": "学校", "hospital": "医院", "park": "公园", "garden": "花园绿地", "industry": "精密机械",
             "logistics": "物流园", "centre": "广场", "market": "商业中心", "government": "政务中心",
             "culture": "文化馆", "sports": "体育中心", "works": "环境能源站", "station": "站"}
    names: list[str | None] = []
    for purpose in purposes:
        if purpose in endings:
            names.append(next(pairs) + str(random.choice(endings[purpose])))
        elif purpose == "commons":
            names.append(next(village))
        elif purpose in plain:
            names.append(next(pairs) + plain[purpose])
        else:
            names.append(None)
    return names
