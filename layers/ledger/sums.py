"""Sums over the ledger with their intervals, by Monte Carlo: one draw per factor for all places, years and lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from twin.spread import draw_mean, normals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.ledger.draws import Drawn

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

BATCH = 256  # sums that are drawn together: 20 MB for each class of activity
DIGITS = 6  # of a bound: further ones differ between processors
LEAST = 1e-9  # of a known sum: what is less than that short of it is the whole


def bound_sums(
    rows: Numbers, group: Numbers, places: Sequence[str], drawn: Drawn
) -> tuple[Floats, Floats]:
    """
    Return the 2.5 and 97.5 % quantiles of sums of rows.

    A factor has one draw, so what shares it errs together. Of an activity's error a share is common to all of its kind,
    the rest each subject's own: of many subjects it tends to its mean. Where an activity's sum is known, rows that make
    up the whole of it err as that sum does; a part of it errs by how the sum is shared out, too.

    Parameters
    ----------
    rows
        Rows of the ledger. shape (parts,)
    group
        Which sum each of them belongs to, -1 for none. shape (parts,)
    places
        Name of each sum's place: sums of one place have their subjects' own errors in common. shape (sums,)
    drawn
        What the rows of the ledger may be multiplied with.

    Returns
    -------
    low, high
        [kgCO2e/a], shape (sums,)
    """
    low, high = np.zeros(len(places)), np.zeros(len(places))
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0):]
    for first in range(0, len(places), BATCH):
        last = min(first + BATCH, len(places))
        start, stop = np.searchsorted(group[order], [first, last])
        mine = order[start:stop]
        batch = draw_sums(rows[mine], group[mine] - first, places[first:last], drawn)
        low[first:last], high[first:last] = np.quantile(batch, [0.025, 0.975], axis=1)
    return _rounded(low), _rounded(high)


def draw_sums(rows: Numbers, group: Numbers, places: Sequence[str], drawn: Drawn) -> Floats:
    """Return what sums may be. [kgCO2e/a], shape (sums, draws)"""
    free = drawn.told[rows] < 0
    total = _draw_modelled(rows[free], group[free], places, drawn, drawn.formula)
    for name in np.unique(drawn.told[rows[~free]]):
        mine = drawn.told[rows] == name
        total += _draw_told(rows[mine], group[mine], places, drawn, drawn.told_rows[int(name)])
    return total


def _draw_modelled(
    rows: Numbers, group: Numbers, places: Sequence[str], drawn: Drawn, formula: Numbers
) -> Floats:
    """Return what sums of modelled activities may be, class by class. [kgCO2e/a], shape (sums, draws)"""
    count, draws = len(places), drawn.times.shape[1]
    total = np.zeros((count, draws))
    amount = drawn.amount[rows]
    for kind in np.unique(drawn.kind[rows]):
        mine = drawn.kind[rows] == kind
        weights = sparse.csr_array((amount[mine], (group[mine], formula[rows[mine]])),
                                   shape=(count, len(drawn.times)))
        of = np.unique(group[mine])
        part = np.asarray(weights[of] @ drawn.times)
        if kind >= 0:
            name, down, up, common = drawn.kinds[kind]
            shared = normals(f"activity/{name.split('/')[0]}", drawn.seed, draws) * np.sqrt(common)
            part *= np.exp(shared * np.where(shared < 0, down, up))
            alone = np.sqrt(1 - common)
            if alone > 0:
                numbers = np.stack([normals(f"own/{places[place]}/{name}", drawn.seed, draws) for place in of])
                effective = _number(np.abs(amount[mine]), group[mine], drawn.subject[rows[mine]], count)[of]
                part *= draw_mean(down * alone, up * alone, effective, numbers)
        total[of] += part
    return total


def _draw_told(
    rows: Numbers, group: Numbers, places: Sequence[str], drawn: Drawn, whole: Numbers
) -> Floats:
    """
    Return what parts of a known sum may be: the sum's own error, times how much of it the part may be.

    What is left of the sum is drawn beside the part, so that the whole of it has no error of sharing.
    """
    total = np.zeros((len(places), drawn.times.shape[1]))
    known = drawn.times[drawn.formula[whole[0]]] * drawn.amount[whole].sum()
    for place in np.unique(group):
        mine = rows[group == place]
        share = drawn.amount[mine].sum() / drawn.amount[whole].sum()
        if share < 1 - LEAST:
            rest = np.setdiff1d(whole, mine)
            part, left = (_draw_modelled(some, np.zeros(len(some), np.int64), [f"{name}{places[place]}"], drawn,
                                         drawn.modelled)[0] for some, name in ((mine, ""), (rest, "not ")))
            total[place] += known * part / (part + left)
        else:
            total[place] += known
    return total


def _number(amount: Floats, group: Numbers, subject: Numbers, count: int) -> Floats:
    """Return how many equal subjects would err as those of each sum do. shape (sums,)"""
    pairs, place = np.unique(np.column_stack([group, subject]), axis=0, return_inverse=True)
    each = np.bincount(place.reshape(-1), amount, len(pairs))
    whole, squares = np.bincount(pairs[:, 0], each, count), np.bincount(pairs[:, 0], each**2, count)
    return np.divide(whole**2, squares, out=np.ones(count), where=squares > 0)


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])
