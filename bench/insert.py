"""One row inserted: without links, with links found in the process, with links by the trigger.

scripts/bench insert [--rows 3000]
"""

import argparse
import time
from itertools import count

import numpy as np
import psycopg

from bench import city as cities
from bench import database
from geo import locate
from geo.store import linking

_BARE = """
insert into incident (external_id, class, reported_at, geom)
values (%s, %s, %s, st_setsrid(st_makepoint(%s, %s), 4549))
"""


def main() -> None:
    """Inserts row by row, each in a transaction of its own, the three ways in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000)
    options = parser.parse_args()
    locate.warm()
    city = cities.make("small")
    xy = cities.points(city, options.rows).tolist()
    url = database.make(city)
    with (
        psycopg.connect(url, autocommit=True) as linked,
        psycopg.connect(url, autocommit=True) as bare,
        psycopg.connect(url, autocommit=True) as trigger,
    ):
        ground = linking.read_ground(linked)
        bare.execute("set luge.linked = 'yes'")
        number = count()

        def row() -> dict[str, object]:
            return {"external_id": str(next(number)), "class": "c", "reported_at": "2026-01-01"}

        ways = {
            "without links": lambda at: bare.execute(_BARE, [*row().values(), *at]),
            "links in process": lambda at: linking.insert(
                linked, "incident", row(), linking.At(*at, 4549), ground
            ),
            "links by trigger": lambda at: trigger.execute(_BARE, [*row().values(), *at]),
        }
        taken = {name: [] for name in ways}
        for at in xy:
            for name, insert in ways.items():
                start = time.perf_counter()
                insert(at)
                taken[name].append(time.perf_counter() - start)
    least = np.median(taken["without links"])
    for name, seconds in taken.items():
        p50, p99 = np.percentile(seconds[100:], [50, 99]) * 1e3
        print(f"{name}: p50 {p50:.3f} ms, p99 {p99:.3f} ms, {p50 / 1e3 / least:.2f} × p50 without")


if __name__ == "__main__":
    main()
