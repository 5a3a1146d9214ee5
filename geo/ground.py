"""The ground in a folder: all that points are linked by, for processes without the database.

``index`` is what `geo.locate` saved and is mapped into memory, so the processes of one machine
share it; ``blocks.parquet`` gives each block's code and area; ``ground.json`` the CRS and digest.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo import locate


class NoGround(ValueError):
    """The folder holds no ground that `save` wrote."""


class Blocks(NamedTuple):
    """Blocks by ascending id, each with its code and the code of its area; shape (n,)."""

    id: NDArray[np.int64]
    code: NDArray[np.str_]
    area: NDArray[np.str_]


class Ground(NamedTuple):
    """What points are linked by: the lookup, its blocks, its metric CRS, the level of its areas."""

    lookup: locate.Index
    blocks: Blocks
    crs: str
    level: str


def save(folder: Path, ground: Ground) -> None:
    """Writes the ground; it is there once ``ground.json`` is."""
    folder.mkdir(parents=True, exist_ok=True)
    locate.save(ground.lookup, folder / "index")
    pq.write_table(pa.table(ground.blocks._asdict()), folder / "blocks.parquet")
    about = {"crs": ground.crs, "level": ground.level, "digest": _digest(folder)}
    written = folder / "ground.json.new"
    written.write_text(json.dumps(about))
    written.replace(folder / "ground.json")


def about(folder: Path) -> dict[str, str]:
    """The ground's ``crs``, ``level`` and ``digest``, which differs where anything else does.

    Raises:
        NoGround: where the folder has none.
    """
    try:
        found: dict[str, str] = json.loads((folder / "ground.json").read_text())
    except (OSError, ValueError) as error:
        raise NoGround(
            f"{folder} holds no ground: give the folder _ground of an earlier `luge link … --out`"
        ) from error
    return found


def load(folder: Path) -> Ground:
    """The ground of a folder, its index mapped into memory; raises `NoGround`."""
    known = about(folder)
    table: Any = pq.read_table(folder / "blocks.parquet")
    id_, code, area = (table[name].to_numpy() for name in Blocks._fields)
    blocks = Blocks(id_, code.astype(str), area.astype(str))
    return Ground(locate.load(folder / "index"), blocks, known["crs"], known["level"])


def _digest(folder: Path) -> str:
    total = hashlib.sha256()
    for name in ("index", "blocks.parquet"):
        with (folder / name).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
