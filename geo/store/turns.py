"""One at a time: whoever imports, or changes the ground that points are linked to, takes a turn.

Two imports of the same rows in another order would otherwise wait for each other's rows, and points
imported while blocks change would be linked to blocks that are no more.
"""

import psycopg

from geo.progress import Say, silence
from geo.store.queries import load

QUERIES = load("turns")

# Any constant will do that nothing else in this database locks by.
_TURN = {"turn": 0x6C756765}


def take_turn(conn: psycopg.Connection, say: Say = silence) -> None:
    """Waits until no other transaction has the turn, and keeps it to the end of this one."""
    row = conn.execute(QUERIES["take"], _TURN).fetchone()
    if row and not row[0]:
        say("waiting for another import, or a change of blocks or roads, to end")
        conn.execute(QUERIES["wait"], _TURN)
