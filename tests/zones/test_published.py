"""The page that checks the reference zone's footprint against the world says what the model says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from tests.zones.published import Figure, compare, measure
from twin.classes import data_folder

if TYPE_CHECKING:
    from twin.store import Release, Store

PAGE = data_folder() / "zones" / "taicang" / "CHECK.md"
OFF = 1.5  # ratio beyond which a figure needs a reason


class Row(NamedTuple):
    """A row of the table, as it is written."""

    figure: str
    model: str
    published: str
    ratio: str
    why: str


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    table = [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]
    return table[2:]  # after head and rule


@pytest.fixture(scope="module")
def release(taicang_store: Store) -> Release:
    return taicang_store.open_release("taicang")


@pytest.fixture(scope="module")
def found(release: Release) -> dict[str, Figure]:
    return measure(release)


def test_the_table_tells_every_figure_as_it_is_measured(rows: list[Row], found: dict[str, Figure]) -> None:
    assert {row.figure: row.model for row in rows} == {name: str(figure) for name, figure in found.items()}
    assert {(row.figure, row.model) for row in rows} == {(name, str(figure)) for name, figure in found.items()}


def test_a_ratio_is_the_model_over_the_published(rows: list[Row], found: dict[str, Figure]) -> None:
    compared = [row for row in rows if row.ratio]
    assert len(compared) > 30
    told = [(row.figure, row.published, row.ratio) for row in compared]
    assert told == [(name, text, compare(found[name].value, text)) for name, text, _ in told]


def test_what_is_off_by_more_than_half_has_a_reason(rows: list[Row]) -> None:
    ratios = [(row, float(row.ratio)) for row in rows if re.fullmatch(r"[\d.]+", row.ratio)]
    off = [row for row, ratio in ratios if max(ratio, 1 / ratio) > OFF]
    assert off
    assert [row.figure for row in off if len(row.why) < len("same source")] == []


def test_each_source_that_is_named_is_listed() -> None:
    text, references = PAGE.read_text(encoding="utf-8").split("## References")
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", references, flags=re.MULTILINE)]
    assert listed == list(range(1, len(listed) + 1))
    assert {int(number) for number in re.findall(r"\[(\d+)\]", text)} == set(listed)


def test_the_weakest_inputs_on_the_page_are_those_of_the_release(release: Release) -> None:
    doubt = pd.read_parquet(release.table("input_doubt")).sort_values("doubt_rank")
    text = PAGE.read_text(encoding="utf-8").split("## The three weakest inputs")[1].split("## ")[0]
    told = re.findall(r"^\d\. .*?`([\w.]+)`.*?(\d+(?:\.\d+)?) %", text, flags=re.MULTILINE)
    assert told == [(name, f"{100 * share:.2g}") for name, share in
                    doubt.head(3)[["quantity", "variance_share"]].itertuples(index=False)]


def test_figures_per_head_add_up(found: dict[str, Figure]) -> None:
    parts = ["head, buildings but industry's [t]", "head, industry [t]", "head, transport [t]",
             "head, waste and sewage [t]"]
    assert sum(found[name].value for name in parts) == pytest.approx(found["head, GPC BASIC [t]"].value, rel=1e-9)
    shares = ["transport", "homes", "services", "waste and sewage"]
    assert sum(found[f"{name}, of BASIC without industry [%]"].value for name in shares) == pytest.approx(100, rel=1e-9)
    power = found["head, electricity without industry [kWh]"].value + found["head, electricity of industry [kWh]"].value
    assert power == pytest.approx(found["head, electricity with industry [kWh]"].value, rel=1e-9)


@pytest.mark.parametrize(("model", "published", "ratio"), [
    (3.0, "2 (somebody, 2020)", "1.50"),
    (1130.0, "1,130", "1.00"),
    (3.0, "2 to 4 (somebody)", "inside"),
    (1.0, "2 to 4 (somebody)", "0.50"),
    (5.0, "2 to 4 (somebody)", "1.25"),
])
def test_a_figure_is_compared_with_the_nearer_end_of_a_range(model: float, published: str, ratio: str) -> None:
    assert compare(model, published) == ratio


def test_nothing_is_compared_with_words() -> None:
    with pytest.raises(ValueError, match="does not begin with a number"):
        compare(1.0, "about 2")


def test_numbers_have_three_digits() -> None:
    assert [str(Figure(value)) for value in (1262.9, 0.0784, 47.2, 99.96)] == ["1,260", "0.0784", "47.2", "100"]
    assert str(Figure(4.346, 3.357, 7.098)) == "4.35 (3.36 to 7.1)"
