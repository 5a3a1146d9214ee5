"""Coverage of a large city: all of it, against the same in plain SQL; and after one duty changed.

scripts/bench coverage [--city large] [--turns 3]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from os import getloadavg
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import psycopg
import shapely

from bench import city as cities
from bench import database
from geo.store import coverage

DUTIES_SHARE, PASSES, CASES, SHOPS = 0.6, 1_500_000, 400_000, 300_000
TODAY = pd.Timestamp.now(tz="Asia/Shanghai")

# The same figures, as fast as we could write them in SQL.
PLAIN = Path(__file__).with_suffix(".sql").read_text("utf-8")

T = TypeVar("T")


def main() -> None:
    """Times both in turns, then changes duties one by one; every answer is compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", choices=["small", "large"], default="large")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--edits", type=int, default=30)
    options = parser.parse_args()
    city = cities.make(options.city)
    share = 1.0 if options.city == "large" else 0.1
    url = database.make(city)
    with psycopg.connect(url, autocommit=True) as conn:
        _fill(conn, city, share)
        conn.execute("vacuum analyze")
        print(f"{len(city.axes)} segments, load {getloadavg()[0]:.1f}")
        _whole(conn, options.turns)
        _one_duty(conn, options.edits)
        print(f"load {getloadavg()[0]:.1f}")


def _whole(conn: psycopg.Connection, turns: int) -> None:
    ours, theirs = [], []
    for _ in range(turns):
        took, found = _timed(lambda: coverage.compute(coverage.read(conn, coverage.days(conn))))
        ours.append(took)
        took, rows = _timed(lambda: conn.execute(PLAIN.encode(), {"day": TODAY.date()}).fetchone())
        theirs.append(took)
        sides, points = found
        held = points.groupby("kind")["paper"].sum()
        mine = [len(sides), *sides[["side_m", "paper_m", "lived_m"]].sum(), held["merchant"],
                held["incident"]]  # fmt: skip
        assert np.allclose(mine, [float(value) for value in rows], rtol=1e-9), (mine, rows)
    first, second = statistics.median(ours), statistics.median(theirs)
    print(f"all: {first:.2f} s; plain SQL: {second:.2f} s; ratio {second / first:.1f}")
    print(f"  ours {[round(t, 2) for t in ours]}, SQL {[round(t, 2) for t in theirs]}")


def _one_duty(conn: psycopg.Connection, edits: int) -> None:
    conn.execute("delete from coverage_stale")
    took, _ = _timed(lambda: _in_transaction(conn, coverage.refresh_all))
    print(f"all, read, computed and written anew: {took:.1f} s")
    whole = "select id from duty where role = 'second' order by random() limit %s"
    chosen = conn.execute(whole, [edits]).fetchall()
    conn.execute("vacuum analyze coverage_stale, coverage_side, coverage_point")
    taken = []
    for (duty,) in chosen:
        conn.execute("update duty set to_m = to_m * 0.7 where id = %s", [duty])
        took, wrote = _timed(lambda: _in_transaction(conn, coverage.refresh_stale))
        assert wrote
        taken.append(1000 * took)
    middle = statistics.median(taken)
    print(f"one duty: least {min(taken):.1f} ms, median {middle:.1f} ms, most {max(taken):.1f} ms")
    sides, points = _kept(conn)
    _in_transaction(conn, coverage.refresh_all)
    for mine, whole in zip((sides, points), _kept(conn), strict=True):
        pd.testing.assert_frame_equal(mine, whole, check_exact=True)
    print("the same, to the last bit, as all of it")


def _kept(conn: psycopg.Connection) -> tuple[pd.DataFrame, pd.DataFrame]:
    orders = {"coverage_side": "1, 2", "coverage_point": "1, 2, 3, 4"}
    with conn.cursor(binary=True) as cursor:
        found = [pd.DataFrame(cursor.execute(f"select * from {t} order by {o}").fetchall())
                 for t, o in orders.items()]  # fmt: skip
    return found[0], found[1]


def _in_transaction(
    conn: psycopg.Connection, make: Callable[[psycopg.Connection, str], bool]
) -> bool:
    with conn.transaction():
        return make(conn, "bench")


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    done = work()
    return time.perf_counter() - start, done


def _fill(conn: psycopg.Connection, city: cities.City, share: float) -> None:
    """Duties on most sides, patrols of four weeks, cases of a year, shops."""
    rng = np.random.default_rng(11)
    ids, length = city.segment_ids, shapely.length(city.axes)
    side = pd.DataFrame({"segment_id": np.repeat(ids, 2), "side": np.tile(["L", "R"], len(ids)),
                         "length_m": np.repeat(length, 2)})  # fmt: skip
    _copy(conn, "segment_side", side[["segment_id", "side"]].assign(
        frontage="SRID=4549;MULTIPOLYGON EMPTY"))  # fmt: skip
    chiefs = pd.DataFrame({"id": np.arange(1, 20_001)})
    _copy(conn, "chief", chiefs.assign(external_id=chiefs["id"], name="c"))
    conn.execute("set luge.linked = 'yes'")
    held = side[rng.random(len(side)) < DUTIES_SHARE]
    held = held.assign(chief_id=rng.integers(1, 20_001, len(held)), role="second",
                       valid_from="2026-01-01", to_m=held["length_m"])  # fmt: skip
    more = held.sample(frac=0.2, random_state=3)
    more = more.assign(role="first", from_m=0.2 * more["length_m"], to_m=0.6 * more["length_m"])
    _copy(conn, "duty", held.drop(columns="length_m"))
    _copy(conn, "duty", more.drop(columns="length_m"))
    _acts(conn, side, share, rng)
    conn.execute("insert into coverage_stale values (0)")


def _acts(
    conn: psycopg.Connection, side: pd.DataFrame, share: float, rng: np.random.Generator
) -> None:
    patrol = {"id": [1], "key": ["p"], "chief_id": [1], "begun_at": ["2026-01-01"]}
    _copy(conn, "patrol", pd.DataFrame(patrol))
    n = int(PASSES * share)
    walked = side.iloc[rng.integers(0, len(side), n)]
    start = rng.uniform(0, 0.3, n) * walked["length_m"]
    passes = walked.assign(from_m=start, to_m=start + 0.6 * walked["length_m"], patrol_id=1,
                           at=_times(n, 60, rng))  # fmt: skip
    _copy(conn, "pass", passes.drop(columns="length_m"))
    for table, count in (("incident", int(CASES * share)), ("merchant", int(SHOPS * share))):
        at = side.iloc[rng.integers(0, len(side), count)]
        points = at.assign(external_id=np.arange(count), offset_m=5, geom="SRID=4549;POINT(0 0)",
                           chainage_m=rng.random(count) * at["length_m"])  # fmt: skip
        if table == "incident":
            times = _times(count, 300, rng)
            more = {"class": "c", "status": "handled", "reported_at": times, "handled_at": times}
        else:
            more = {"name": "n"}
        _copy(conn, table, points.assign(**more).drop(columns="length_m"))


def _times(n: int, days: int, rng: np.random.Generator) -> pd.Series:
    return (
        pd.Series(TODAY - pd.to_timedelta(rng.random(n) * days, "D"))
        .dt.strftime("%Y-%m-%d %H:%M:%S%z")
        .to_numpy()
    )


def _copy(conn: psycopg.Connection, table: str, rows: pd.DataFrame) -> None:
    columns = ", ".join(rows.columns)
    with conn.cursor().copy(f"copy {table} ({columns}) from stdin (format csv)") as copy:
        copy.write(rows.to_csv(index=False, header=False).encode())


if __name__ == "__main__":
    main()
