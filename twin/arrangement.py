"""Overlays without gap or overlap: all outlines are cut at once, and every face has one owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

GRID_M = 0.001  # vertices are snapped to the millimetre, so that neighbours share them exactly
NOBODY = -1


def cut_faces(
    outlines: Sequence[shapely.Geometry] | NDArray[np.object_], zone: shapely.Geometry
) -> NDArray[np.object_]:
    """
    Return the faces into which outlines cut a zone; together they are the zone, and none overlap.

    Parameters
    ----------
    outlines
        Polygons or lines in a metric system. [m]
    zone
        The area to be cut. [m]
    """
    lines = [shapely.boundary(zone)]
    for geometry in outlines:
        if shapely.is_empty(geometry):
            continue
        lines.append(shapely.boundary(geometry) if shapely.get_dimensions(geometry) == 2 else geometry)
    noded = shapely.union_all(np.array(lines, dtype=object), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    shapely.prepare(zone)
    inside = shapely.contains(zone, shapely.point_on_surface(faces))
    return np.asarray(faces[inside], dtype=object)


def own_faces(faces: NDArray[np.object_], claims: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """
    Return for every face the claim that owns it, and whether several claimed it.

    Parameters
    ----------
    faces
        Faces of an arrangement that the outlines of all claims took part in.
    claims
        Polygons in the order of their right: where several hold a face, the first has it.

    Returns
    -------
    owner
        Index into `claims`, -1 where nobody claims the face. shape (faces,)
    contested
        True where more than one claim holds the face. shape (faces,)
    """
    owner = np.full(len(faces), len(claims), dtype=np.intp)
    tree = shapely.STRtree(claims)
    face, claim = tree.query(shapely.point_on_surface(faces), predicate="intersects")
    np.minimum.at(owner, face, claim)
    contested = np.bincount(face, minlength=len(faces)) > 1
    owner[owner == len(claims)] = NOBODY
    return owner, contested


def is_sliver(faces: NDArray[np.object_], *, width_m: float, area_m2: float) -> NDArray[np.bool_]:
    """Return which faces are too thin or too small to be a place of their own. shape (faces,)"""
    area = shapely.area(faces)
    return np.asarray((area < area_m2) | (2 * area / np.maximum(shapely.length(faces), 1e-9) < width_m))


def absorb_slivers(faces: NDArray[np.object_], owner: NDArray[np.intp], slivers: NDArray[np.bool_]) -> NDArray[np.intp]:
    """
    Return the owners after every sliver went to the neighbour it shares the longest edge with.

    Parameters
    ----------
    faces, owner, slivers
        As :func:`cut_faces`, :func:`own_faces` and :func:`is_sliver` give them. shape (faces,)
    """
    owner = owner.copy()
    waiting = np.flatnonzero(slivers)
    settled = ~slivers
    tree = shapely.STRtree(faces)
    while len(waiting):
        rows, others = tree.query(faces[waiting], predicate="intersects")
        keep = settled[others]
        rows, others = rows[keep], others[keep]
        shared_m = shapely.length(shapely.intersection(faces[waiting[rows]], faces[others]))
        order = np.lexsort((others, -shared_m, rows))
        best, first = np.unique(rows[order], return_index=True)
        if not len(best):
            break
        owner[waiting[best]] = owner[others[order][first]]
        settled[waiting[best]] = True
        waiting = np.delete(waiting, best)
    return owner


def dissolve(faces: NDArray[np.object_], owner: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Return the owners, sorted, and what each owns as one geometry; faces of nobody are left out."""
    held = owner != NOBODY
    order = np.argsort(owner[held], kind="stable")
    faces = faces[held][order]
    owners, starts = np.unique(owner[held][order], return_index=True)
    groups = np.split(faces, starts[1:]) if len(owners) else []
    united = np.empty(len(groups), dtype=object)
    united[:] = [group[0] if len(group) == 1 else shapely.coverage_union_all(group) for group in groups]
    return owners, united
