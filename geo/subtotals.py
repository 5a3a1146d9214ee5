"""Rows of a table that count other rows, and are no rows of their own: 小计, 合计, 总计."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo import values

WORDS = "小计|合计|总计|共计|累计|汇总|subtotal|grand ?total|total|sum"
WHOLE = f"^(?:{WORDS})[:：]?$"
LAST = "(?:小计|合计|总计|汇总|subtotal|total)[:：]?$"


def find(frame: Any) -> pd.DataFrame:
    """Return the rows of a table that are subtotals: ``_row``, ``reason`` and ``line``.

    Such a row's first filled cell is one of the words; where it has no place it may also end
    with one ('外滩街道 小计').
    """
    names = [name for name in frame.columns if name not in ("geometry", "_row")]
    first = _first_cells(frame, names)
    whole = first.str.match(WHOLE, case=False).to_numpy(dtype=bool)
    last = first.str.contains(LAST, case=False).to_numpy(dtype=bool)
    at = np.flatnonzero(whole | last & shapely.is_missing(frame.geometry.to_numpy()))
    lines = frame[names].iloc[at].astype("str").fillna("").to_numpy().tolist()
    told = [
        (row, f"is a subtotal row ({word})", ",".join(line))
        for row, word, line in zip(frame["_row"].iloc[at], first.iloc[at], lines, strict=True)
    ]
    return pd.DataFrame(told, columns=["_row", "reason", "line"])


def _first_cells(frame: Any, names: list[str]) -> Any:
    """Return what the first filled cell of each row says, without spaces, '' where none is."""
    first = pd.Series("", frame.index, dtype="str")
    for name in names:
        empty = first == ""
        if not empty.any():
            break
        said = values.text(frame.loc[empty, name]).fillna("").astype("str")
        first[empty] = said.str.replace(r"\s", "", regex=True)
    return first
