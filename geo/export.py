"""Tables that leave us: no cell of them runs in the spreadsheet program that opens it."""

from typing import Any

import pandas as pd

# A cell that begins so is a formula to some program; the full-width forms are to Chinese ones.
STARTS = r"^[\s\x00]*[=+\-@＝＋－＠]|^[\t\r\n]"
NUMBER = r"^[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?$"
QUOTE = "'"


def harmless(frame: Any) -> pd.DataFrame:
    """Return the frame as text in which no cell and no header begins like a formula.

    An apostrophe is put before it, as spreadsheet programs do for text. Numbers stay as they are:
    -71.06 runs nothing, and what is put right is to be read again.
    """
    made = pd.DataFrame(
        {at: _harmless(frame.iloc[:, at]) for at in range(frame.shape[1])}, index=frame.index
    )
    made.columns = _harmless(pd.Series([str(name) for name in frame.columns], dtype="str"))
    return made


def _harmless(cells: Any) -> Any:
    words = cells.astype("str")
    runs = words.str.contains(STARTS, regex=True, na=False)
    runs &= ~words.str.match(NUMBER, na=False)
    return words.mask(runs, QUOTE + words)
