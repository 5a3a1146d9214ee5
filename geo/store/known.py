"""What the district knows of its ground, read for the test of a file's datum (`geo.datum`)."""

import psycopg

from geo.evidence import Ground
from geo.intake import District
from geo.store.queries import load
from geo.store.staging import read_frame

QUERIES = load("known")


def read_ground(conn: psycopg.Connection, where: District) -> Ground:
    """Areas, compounds and the surfaces of roads and waters, with the extent of ``where``."""
    areas, surfaces = (
        read_frame(conn, QUERIES[name], srid=where.srid) for name in ("areas", "surfaces")
    )
    return Ground(where.srid, areas, surfaces, where.extent)
