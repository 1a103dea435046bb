"""Sums over the ledger with their intervals, by Monte Carlo: one draw per factor for all places, years and lines."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
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

BATCH = 48  # sums that are drawn together: a few megabytes
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
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0):]

    def bounds(first: int) -> Floats:
        last = min(first + BATCH, len(places))
        start, stop = np.searchsorted(group[order], [first, last])
        mine = order[start:stop]
        batch = draw_sums(rows[mine], group[mine] - first, places[first:last], drawn)
        return np.quantile(batch, [0.025, 0.975], axis=1, overwrite_input=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # numpy works outside of Python's lock
        found = list(pool.map(bounds, range(0, len(places), BATCH)))
    low, high = np.concatenate(found, axis=1) if found else np.zeros((2, 0))
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
    amount, classes = drawn.amount[rows], len(drawn.kinds) + 1
    pairs, pair = np.unique(group * classes + drawn.kind[rows] + 1, return_inverse=True)
    of, place = pairs % classes - 1, pairs // classes
    weights = sparse.csr_array((amount, (pair, formula[rows])), shape=(len(pairs), len(drawn.times)))
    part = np.asarray(weights @ drawn.times)
    for number in np.flatnonzero(of >= 0):
        part[number] *= drawn.common[of[number]]
    spreads = np.array([drawn.kinds[kind][1:] if kind >= 0 else (0.0, 0.0, 1.0) for kind in of]).reshape(-1, 3)
    alone = np.sqrt(1 - spreads[:, 2])
    errs = np.flatnonzero(alone > 0)
    if len(errs):
        numbers = np.stack([normals(f"own/{places[place[number]]}/{drawn.kinds[of[number]][0]}", drawn.seed,
                                    part.shape[1]) for number in errs])
        effective = _number(np.abs(amount), pair, drawn.subject[rows], len(pairs))
        down, up = (spreads[errs, side] * alone[errs] for side in (0, 1))
        part[errs] *= draw_mean(down, up, effective[errs], numbers)
    adding = sparse.csr_array((np.ones(len(pairs)), (place, np.arange(len(pairs)))), shape=(len(places), len(pairs)))
    return np.asarray(adding @ part)


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
    subjects = subject.max() + 1
    pairs, place = np.unique(group * subjects + subject, return_inverse=True)
    each = np.bincount(place, amount, len(pairs))
    whole, squares = (np.bincount(pairs // subjects, part, count) for part in (each, each**2))
    return np.divide(whole**2, squares, out=np.ones(count), where=squares > 0)


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])
