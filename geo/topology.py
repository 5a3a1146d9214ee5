"""A layer of polygons as a coverage: where it has gaps, overlaps, slivers and pieces outside.

Everything is planar, in metres of one metric CRS; see `geo.pieces` for widths and the floor below
which nothing is reported. `geo.repair` closes what is narrow.
"""

from typing import Any

import geopandas
import numpy as np
import pandas as pd
import shapely

from geo.pieces import (
    NOBODY,
    Geometries,
    make_valid_polygons,
    missing_pieces,
    neighbours_of,
    overlap_pieces,
    pieces_of,
    planar,
    require_valid,
    wider_than,
    widths_m,
)


def check(geoms: Any, parent: Any = None, sliver_width_m: float = 1.0) -> geopandas.GeoDataFrame:
    """Return what keeps polygons (array or GeoSeries) from being a coverage, each piece located.

    One row per piece, wider than ``FLOOR_M`` unless invalid or a sliver, with columns

    - ``kind``: 'invalid' (measured on as repaired); 'overlap' of a and b; 'sliver', a part of a
      narrower than ``sliver_width_m``; 'gap', a hole the polygons enclose, a and b its longest
      neighbours; and against the parent, where one is given, 'outside', a part of a outside it,
      and 'uncovered', a part of it that nobody covers and that is open to its edge;
    - ``a``, ``b``: positions in ``geoms``, -1 for none;
    - ``area_m2``, ``width_m``, ``reason`` (of 'invalid') and the geometry.

    Without a parent a crack that is open to the outside is not seen. Raises ``InvalidPolygons``
    for an invalid parent, and what ``geo.crs.require_metric`` raises.
    """
    polygons, crs = planar(geoms)
    sound, changed, reason = make_valid_polygons(polygons)
    invalid = np.flatnonzero(changed)
    found = [_rows("invalid", sound[invalid], invalid, reason=reason[invalid])]
    found += [_overlaps(sound), _slivers(sound, sliver_width_m)]
    if parent is not None:
        require_valid(np.array([parent]), "the parent")
        found.append(_outside(sound, parent))
    pieces, enclosed = missing_pieces(sound, parent)
    neighbours = neighbours_of(pieces, sound)
    found.append(_rows("gap", pieces[enclosed], *neighbours[:, enclosed]))
    found.append(_rows("uncovered", pieces[~enclosed], *neighbours[:, ~enclosed]))
    return geopandas.GeoDataFrame(pd.concat(found, ignore_index=True), crs=crs)


def _rows(kind: str, pieces: Geometries, a: Any, b: Any = NOBODY, reason: Any = "") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": pd.Series(kind, index=range(len(pieces)), dtype=object),
            "a": a,
            "b": b,
            "area_m2": shapely.area(pieces),
            "width_m": widths_m(pieces),
            "reason": reason,
            "geometry": pieces,
        }
    )


def _overlaps(geoms: Geometries) -> pd.DataFrame:
    return _rows("overlap", *overlap_pieces(geoms))


def _slivers(geoms: Geometries, width_m: float) -> pd.DataFrame:
    parts, feature = shapely.get_parts(geoms, return_index=True)
    narrow = ~shapely.is_empty(parts) & ~wider_than(parts, width_m)
    return _rows("sliver", parts[narrow], feature[narrow])


def _outside(geoms: Geometries, parent: Any) -> pd.DataFrame:
    shapely.prepare(parent)
    crossing = np.flatnonzero(~shapely.covers(parent, geoms))
    pieces, feature = pieces_of(shapely.difference(geoms[crossing], parent))
    return _rows("outside", pieces, crossing[feature])
