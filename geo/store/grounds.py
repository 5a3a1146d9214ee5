"""The district's ground as a folder that machines without the database link by."""

from pathlib import Path

import numpy as np
import psycopg

from geo import ground
from geo.store import linking
from geo.store.database import read_setting
from geo.store.queries import load

QUERIES = load("grounds")


class NoBlocks(ValueError):
    """The district has no blocks that points could be linked to."""


def save(conn: psycopg.Connection, folder: Path, level: str) -> None:
    """Writes today's ground to ``folder``; areas are those of ``level`` (street, community …).

    Raises:
        NoBlocks: where there is nothing to link to.
    """
    found = conn.execute(QUERIES["areas_of_blocks"], {"level": level}).fetchall()
    if not found:
        raise NoBlocks("the district has no blocks yet: make them with `luge blocks derive`")
    ids, codes, areas = zip(*found, strict=True)
    blocks = ground.Blocks(np.array(ids, np.int64), np.array(codes), np.array(areas))
    index = linking.read_ground(conn)
    ground.save(folder, ground.Ground(index, blocks, f"EPSG:{read_setting(conn).srid}", level))
