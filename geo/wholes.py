"""Places that belong together: which blocks a compound or a protected place lies in."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

LEAST_SHARE = 0.02
"""A block with less of a place than this share of it, and of the block, only touches it."""


def spans(places: npt.NDArray[Any], blocks: npt.NDArray[Any]) -> pd.DataFrame:
    """A row for each of ``places`` and each of ``blocks`` that it really lies in.

    Columns: place, block (row numbers), share (of the place's area). One metric CRS.
    """
    if not len(places) or not len(blocks):
        types = {"place": "int64", "block": "int64", "share": "float64"}
        return pd.DataFrame(columns=list(types)).astype(types)
    place, block = shapely.STRtree(blocks).query(places, predicate="intersects")
    common = shapely.area(shapely.intersection(places[place], blocks[block]))
    share = common / shapely.area(places[place])
    in_it = (share >= LEAST_SHARE) | (common / shapely.area(blocks[block]) >= LEAST_SHARE)
    found = pd.DataFrame({"place": place, "block": block, "share": share})[in_it]
    return found.sort_values(["place", "block"], ignore_index=True)


def main_place(found: pd.DataFrame, count: int) -> npt.NDArray[np.int64]:
    """The place that each of ``count`` blocks goes with; -1 for none.

    Of several, one that lies in other blocks too, and then the one with the most of itself here.
    """
    wide = found.groupby("place")["block"].transform("size") > 1
    order = found.assign(wide=wide).sort_values(
        ["wide", "share", "place"], ascending=[False, False, True], kind="stable"
    )
    first = order.drop_duplicates("block").set_index("block")["place"]
    main: npt.NDArray[np.int64] = first.reindex(range(count), fill_value=-1).to_numpy(np.int64)
    return main
