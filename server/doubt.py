"""How sure the values of a view are, feature by feature: what the map fades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.wide import SUBJECTS
from server.catalogue import column_of, find_view
from server.features import INTERVALS
from twin.errors import NotFoundError

if TYPE_CHECKING:
    from server.database import ServedRelease

# Half of the interval over the value, from which on a value is of the next class of doubt.
LIMITS = (0.25, 0.75)


def describe_doubt(served: ServedRelease, name: str) -> dict[str, Any]:
    """
    Return which features of a view are unsure: half the 95 % interval over the value, in three classes.

    Parameters
    ----------
    served
        The release.
    name
        Name of the view.

    Returns
    -------
    doubt
        `limits` between the classes [1]; `classes`: for each but the surest the ids of its features; `counts` of all.

    Raises
    ------
    NotFoundError
        If there is no such view, or its values have no interval.
    """
    layer, view = find_view(served.layers, name)
    column = column_of(layer, view)
    low, high = INTERVALS.get(view.column, (column.low, column.high))
    if view.subject not in SUBJECTS or not low or not high:
        message = f"the values of {name[:60]} have no interval; choose a view whose figures have one"
        raise NotFoundError(message)
    key, table = SUBJECTS[view.subject], f"wide_{view.subject}"
    rows = served.rows(
        f'select "{key}" as id, len(list_filter($limits::double[], lambda bound: bound < spread)) as doubt '
        f'from (select "{key}", ("{high}" - "{low}") / 2 / nullif(abs("{view.column}"), 0) as spread from "{table}") '
        "where spread is not null order by id", {"limits": list(LIMITS)})
    classes: list[list[str]] = [[] for _ in range(len(LIMITS) + 1)]
    for row in rows:
        classes[row["doubt"]].append(row["id"])
    return {"view": view.name, "subject": view.subject, "limits": list(LIMITS), "classes": classes[1:],
            "counts": [len(ids) for ids in classes], "release_id": served.release.release_id}
