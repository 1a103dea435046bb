"""Intervals by Monte Carlo, beside the rules for products and sums and what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from layers.ledger.bounds import bound_rows
from layers.ledger.draws import draw_formulas
from layers.ledger.sums import bound_sums
from twin.spread import Z_95, draw_factor, draw_mean, log_spread, lognormal_moments, normals


def factors(**given: tuple[float, float, float]) -> pd.DataFrame:
    rows = [(name, name, *bounds, "ci95") for name, bounds in given.items()]
    rows += [("activity_error.common", "COMMON", 0.5, 0.5, 0.5, "level"),
             ("activity_error.metered", "M", 1, 0.9, 1.1, "ci95"),
             ("activity_error.total", "T", 1, 0.8, 1.2, "ci95")]
    return pd.DataFrame(rows, columns=["quantity", "factor_id", "value", "low", "high", "interval_kind"])


def ledger(*rows: tuple[str, str, str, float], spread: float = 1.0, evidence: str = "modelled") -> pd.DataFrame:
    """Return rows of subject, factors, emission factor and emission; `spread` is the ratio of a base to its bounds."""
    frame = pd.DataFrame(rows, columns=["subject_id", "activity_factors", "factor_quantity", "emissions_kgco2e_per_a"])
    return frame.assign(subject_kind="building", base=1.0, base_low=1 / spread, base_high=spread, base_unit="m2",
                        evidence=evidence, carrier="electricity", year=2025, basis=None, neighbourhood_id="n",
                        total_id="t")


def interval(frame: pd.DataFrame, known: pd.DataFrame, group: list[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
    numbers = np.array(group if group is not None else [0] * len(frame), np.int64)
    places = [f"place {number}" for number in range(numbers.max() + 1)]
    drawn = draw_formulas(frame, known, seed=1)
    return bound_sums(np.arange(len(frame)), numbers, places, drawn)


def test_a_split_lognormal_has_its_bounds_as_quantiles() -> None:
    drawn = draw_factor(10, 4, 30, "ci95", normals("x", 0, 200_000))
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx([4, 10, 30], rel=0.02)


def test_a_definition_is_never_drawn_and_a_removal_is_split_normal() -> None:
    numbers = normals("x", 0, 100_000)
    assert set(draw_factor(28, 1, 100, "level", numbers)) == {28}
    assert np.quantile(draw_factor(-5, -11, -2, "ci95", numbers), [0.025, 0.975]) == pytest.approx([-11, -2], rel=0.02)
    assert draw_factor(1, 0, 3, "ci95", numbers).min() == 0


def test_names_have_numbers_of_their_own() -> None:
    assert np.array_equal(normals("a", 1), normals("a", 1))
    assert not np.array_equal(normals("a", 1), normals("b", 1))
    assert abs(np.corrcoef(normals("a", 1), normals("b", 1))[0, 1]) < 0.03


def test_a_product_of_two_factors_obeys_the_product_rule() -> None:
    """Bounds of half and twice, and of a third less and half more: ln r = sqrt(ln 2 ^2 + ln 1.5 ^2)."""
    known = factors(a=(1, 0.5, 2), b=(3, 2, 4.5))
    low, high = interval(ledger(("h", "a", "b", 100.0)), known)
    ratio = np.exp(np.hypot(np.log(2), np.log(1.5)))
    assert (low[0], high[0]) == (pytest.approx(100 / ratio, rel=0.02), pytest.approx(100 * ratio, rel=0.02))
    row = bound_rows(ledger(("h", "a", "b", 100.0)), known.set_index("quantity").to_dict("index"))
    assert (row[0][0], row[1][0]) == (pytest.approx(100 / ratio), pytest.approx(100 * ratio))


def test_small_errors_obey_the_rules_of_the_ipcc() -> None:
    """Eq. 3.1: sqrt(3^2 + 4^2) = 5 %; eq. 3.2 of two such sums of 100 and 200: sqrt(5^2 + 10^2) = 11.2 of 300."""
    known = factors(a=(1, 0.97, 1.03), b=(1, 0.96, 1.04), c=(1, 0.97, 1.03), d=(1, 0.96, 1.04))
    low, high = interval(ledger(("h", "a", "b", 100.0)), known)
    assert (high[0] - low[0]) / 2 == pytest.approx(5, rel=0.03)
    low, high = interval(ledger(("h", "a", "b", 100.0), ("i", "c", "d", 200.0)), known)
    assert (high[0] - low[0]) / 2 == pytest.approx(np.hypot(5, 10), rel=0.03)


def test_rows_with_one_factor_err_together() -> None:
    known = factors(a=(1, 0.5, 2))
    rows = [(f"h{number}", "", "a", 1.0) for number in range(100)]
    low, high = interval(ledger(*rows), known)
    assert (low[0], high[0]) == (pytest.approx(50, rel=0.03), pytest.approx(200, rel=0.03))


def test_half_of_a_bases_variance_is_common_and_the_rest_levels_out() -> None:
    """Of one subject both halves make the whole; of 400 the common half is left around a mean above the median."""
    known = factors(a=(1, 1, 1))
    one_low, one_high = interval(ledger(("h", "", "a", 100.0), spread=1.5), known)
    assert np.log(one_high[0] / one_low[0]) == pytest.approx(2 * np.log(1.5), rel=0.03)
    many = ledger(*[(f"h{number}", "", "a", 1.0) for number in range(400)], spread=1.5)
    low, high = interval(many, known)
    assert np.log(high[0] / low[0]) == pytest.approx(2 * np.log(1.5) * np.sqrt(0.5 + 0.5 / 400), rel=0.03)
    mean = 400 * np.exp((np.log(1.5) / Z_95) ** 2 * 0.5 / 2)
    assert np.sqrt(low[0] * high[0]) == pytest.approx(mean, rel=0.01)


def test_residents_of_all_houses_err_alike() -> None:
    known = pd.concat([factors(a=(1, 1, 1)), pd.DataFrame(
        [("activity_error.common_person", "P", 1, 1, 1, "level")],
        columns=["quantity", "factor_id", "value", "low", "high", "interval_kind"])])
    many = ledger(*[(f"h{number}", "", "a", 1.0) for number in range(400)], spread=1.5).assign(base_unit="person")
    assert interval(many, known)[1][0] == pytest.approx(600, rel=0.03)


def test_sums_of_unlike_houses_are_those_of_drawing_every_house() -> None:
    """Dwellings known well, and halls that may be ten times larger: against a draw for each of 300 houses."""
    random = np.random.default_rng(5)
    amount = random.lognormal(3, 1, 300)
    ratio = np.where(np.arange(300) < 60, 8.0, 1.4)
    frame = ledger(*[(f"h{number}", "", "a" if number % 2 else "b", value) for number, value in enumerate(amount)])
    frame = frame.assign(base_low=0.8, base_high=ratio)
    known = factors(a=(1, 0.7, 1.5), b=(1, 0.5, 1.6))
    low, high = interval(frame, known)
    draws = 20_000
    common, spread_down, spread_up = random.standard_normal(draws), np.log(1 / 0.8) / Z_95, np.log(ratio) / Z_95

    def errors(numbers: np.ndarray, up: float) -> np.ndarray:
        return np.exp(numbers * np.sqrt(0.5) * np.where(numbers < 0, spread_down, up))

    factor = {name: draw_factor(*bounds, "ci95", random.standard_normal(draws))
              for name, bounds in {"a": (1, 0.7, 1.5), "b": (1, 0.5, 1.6)}.items()}
    total = np.zeros(draws)
    for name, value, up in zip(frame["factor_quantity"], amount, spread_up, strict=True):
        total += value * factor[name] * errors(common, up) * errors(random.standard_normal(draws), up)
    assert [low[0], high[0]] == pytest.approx(np.quantile(total, [0.025, 0.975]).tolist(), rel=0.03)


def test_a_sum_is_never_surer_above_than_one_of_its_parts() -> None:
    """A wild activity and one that is exact: what the first may be is added to the second, not spread over both."""
    known = factors(a=(1, 1, 1))
    wild, calm = ledger(("h", "", "a", 9.0), spread=5.0), ledger(("i", "", "a", 3.0))
    part = interval(wild, known)[1][0]
    assert interval(pd.concat([wild, calm], ignore_index=True), known)[1][0] == pytest.approx(part + 3, rel=1e-6)


def test_the_mean_of_many_errors_is_theirs() -> None:
    random = np.random.default_rng(3)
    down, up, number = 0.2, 0.9, 12  # lopsided: each is between 0.68 and 5.8
    numbers = random.standard_normal((number, 100_000))
    true = np.exp(numbers * np.where(numbers < 0, down, up)).mean(axis=0)
    drawn = draw_mean(down, up, np.array([number]), random.standard_normal((1, 100_000)))[0]
    assert drawn.mean() == pytest.approx(true.mean(), rel=0.01)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(np.quantile(true, [0.025, 0.975]), rel=0.05)
    mean, square = lognormal_moments(down, up)
    each = np.exp(numbers * np.where(numbers < 0, down, up))
    assert (float(mean), float(square)) == (pytest.approx(each.mean(), rel=0.01),
                                            pytest.approx((each**2).mean(), rel=0.02))


def test_carriers_of_one_house_share_its_error() -> None:
    """Two rows of one house: 2 x 50 x 2; of two houses: 100 x 2 ^ sqrt(1/2 + 1/4), and their mean shifted."""
    known = factors(a=(1, 1, 1))
    house = ledger(("h", "", "a", 50.0), ("h", "", "a", 50.0), spread=2.0)
    houses = ledger(("h", "", "a", 50.0), ("i", "", "a", 50.0), spread=2.0)
    assert interval(house, known)[1][0] == pytest.approx(200, rel=0.02)
    assert 100 * 2 ** np.sqrt(0.75) < interval(houses, known)[1][0] < 1.06 * 100 * 2 ** np.sqrt(0.75)


def test_one_less_a_share_errs_against_the_share() -> None:
    """A quarter of 100 and the other three quarters are always 100."""
    known = factors(s=(0.25, 0.1, 0.5), a=(1, 1, 1))
    low, high = interval(ledger(("h", "s", "a", 25.0), ("h", "~s", "a", 75.0)), known)
    assert (low[0], high[0]) == (pytest.approx(100, rel=1e-6), pytest.approx(100, rel=1e-6))


def test_what_is_measured_errs_as_meters_do() -> None:
    known = factors(wild=(1, 0.1, 10), a=(1, 1, 1))
    for evidence, low_end, high_end in (("measured", 90, 110), ("reported", 80, 120)):
        frame = ledger(("h", "wild", "a", 100.0), evidence=evidence, spread=3.0)
        low, high = interval(frame, known)
        assert (low[0], high[0]) == (pytest.approx(low_end, rel=0.02), pytest.approx(high_end, rel=0.02))


def test_how_a_known_sum_is_shared_out_stays_as_unsure_as_its_model() -> None:
    """Half of a sum of 200, two uses with errors of two each: 200 x / (x + y), while both together err as meters."""
    known = factors(wild=(1, 0.5, 2), wide=(1, 0.5, 2), a=(1, 1, 1))
    frame = ledger(("h", "wild", "a", 100.0), ("i", "wide", "a", 100.0), evidence="measured", spread=1.5)
    low, high = interval(frame, known, [0, 1])
    random = np.random.default_rng(2)
    spread = np.hypot(np.log(2), np.sqrt(0.5) * np.log(1.5)) / Z_95
    one, other = np.exp(random.standard_normal((2, 100_000)) * spread)
    parts = 200 * one / (one + other) * draw_factor(1, 0.9, 1.1, "ci95", random.standard_normal(100_000))
    assert [low[0], high[0]] == pytest.approx(np.quantile(parts, [0.025, 0.975]).tolist(), rel=0.03)
    assert [low[1], high[1]] == pytest.approx([low[0], high[0]], rel=0.05)
    whole = interval(frame, known)
    assert (whole[0][0], whole[1][0]) == (pytest.approx(180, rel=0.02), pytest.approx(220, rel=0.02))


def test_a_row_of_a_known_sum_errs_as_its_model_and_the_sum() -> None:
    """ln 2 and ln 1.5 of factor and base, and ln 1.1 of the meters, add as squares."""
    known = factors(wild=(1, 0.5, 2), a=(1, 1, 1))
    frame = ledger(("h", "wild", "a", 100.0), evidence="measured", spread=1.5)
    ratio = np.exp(np.sqrt(np.log(2) ** 2 + np.log(1.5) ** 2 + np.log(1.1) ** 2))
    assert bound_rows(frame, known.set_index("quantity").to_dict("index"))[1][0] == pytest.approx(100 * ratio)


def test_sums_are_of_their_own_rows_alone() -> None:
    known = factors(a=(1, 0.5, 2))
    low, high = interval(ledger(("h", "", "a", 1.0), ("i", "", "a", 10.0), ("j", "", "a", 5.0)), known, [1, 0, -1])
    assert low == pytest.approx([5, 0.5], rel=0.03)
    assert high == pytest.approx([20, 2], rel=0.03)


def test_a_bound_of_zero_leaves_no_lower_bound() -> None:
    known = factors(a=(1, 0, 3))
    low, _ = bound_rows(ledger(("h", "", "a", 100.0)), known.set_index("quantity").to_dict("index"))
    assert low[0] == 0
    assert interval(ledger(("h", "", "a", 100.0)), known)[0][0] < 10


def test_a_removal_is_bounded_on_both_sides() -> None:
    """-5 between -11 and -2: the emission of a row is lowest where most is taken up."""
    known = factors(a=(-5, -11, -2))
    low, high = bound_rows(ledger(("h", "", "a", -50.0)), known.set_index("quantity").to_dict("index"))
    assert (low[0], high[0]) == (pytest.approx(-110), pytest.approx(-20))
    low, high = interval(ledger(("h", "", "a", -50.0)), known)
    assert (low[0], high[0]) == (pytest.approx(-110, rel=0.03), pytest.approx(-20, rel=0.03))


def test_a_wider_bound_never_gives_a_narrower_sum() -> None:
    rows = ledger(("h", "a", "b", 100.0), ("i", "a", "c", 50.0))
    narrow = interval(rows, factors(a=(1, 0.9, 1.1), b=(1, 0.9, 1.1), c=(1, 0.9, 1.1)))
    wide = interval(rows, factors(a=(1, 0.5, 1.1), b=(1, 0.9, 2), c=(1, 0.9, 1.1)))
    assert wide[0][0] < narrow[0][0] < narrow[1][0] < wide[1][0]


def test_the_spread_of_a_bound_is_its_log_ratio() -> None:
    assert float(log_spread(2, 8)) == pytest.approx(np.log(4) / Z_95)
    assert float(log_spread(2, 2)) == 0
