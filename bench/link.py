"""The whole link of a million points: Luge's index against every peer, in turns, medians.

scripts/bench link                  the small city: 20 164 blocks, 45 124 segments
scripts/bench link --city large     ten times the blocks and segments
scripts/bench link --check          and compares every point's links with the database's functions
"""

import argparse
import gc
import os
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from bench import city as cities
from bench import database, peers
from geo import locate

Seconds = float
REST_S = 1.0


class Turn(NamedTuple):
    """Seconds of one peer's turn: its first call after the others', the same call once more, and
    what that took of this process's processors (PostGIS works in processes of its own).

    The first call finds caches cold and memory given back to the machine; where that is a virtual
    one, a page touched anew may cost it milliseconds. Who links all day makes the second one.
    """

    first: Seconds
    again: Seconds
    processors: Seconds


Taken = dict[str, list[Turn]]


def main() -> None:
    """Parses arguments, runs, prints."""
    options = _parser().parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,", end=" ")
    print(f"load {os.getloadavg()[0]:.1f}")
    locate.warm()
    city = cities.make(options.city)
    xy = cities.points(city, options.points)
    print(f"{len(city.blocks)} blocks, {len(city.axes)} segments, {len(xy)} points")
    index = _report_index(city)
    _report_single(index, xy)
    with ExitStack() as stack:
        runs = _runs(stack, city, xy, index, options)
        taken, found = _in_turns(runs, options.repeat)
    _report(taken, found)
    if options.check:
        wrong = database.disagreements(city, xy, index)
        print(f"links that differ from the database's own: {wrong} of {len(xy)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=_Plain)
    parser.add_argument("--city", choices=list(cities.SIDES), default="small")
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    parser.add_argument("--check", action="store_true")
    return parser


class _Plain(argparse.RawDescriptionHelpFormatter):
    """Leaves the lines of the description as they are."""


def _timed(run: Callable[[], object]) -> tuple[Seconds, object]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def _build(city: cities.City) -> locate.Index:
    return locate.build(city.blocks, city.block_ids, city.axes, city.segment_ids, peers.WITHIN_M)


def _report_index(city: cities.City) -> locate.Index:
    built, index = _timed(lambda: _build(city))
    arrays = [v for half in index for v in half if isinstance(v, np.ndarray)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        saved, _ = _timed(lambda: locate.save(index, path))
        loaded, _ = _timed(lambda: locate.find_one(locate.load(path), 0.0, 0.0))
    print(f"index: built in {built:.2f} s, {sum(v.nbytes for v in arrays) / 1e6:.0f} MB,", end=" ")
    print(f"saved in {saved:.2f} s, loaded in {loaded * 1e3:.0f} ms")
    return index


def _report_single(index: locate.Index, xy: np.ndarray) -> None:
    spent = [_timed(lambda at=at: locate.find_one(index, *at))[0] for at in xy[:50_000].tolist()]
    p50, p99 = np.percentile(spent, [50, 99]) * 1e6
    print(f"one point: p50 {p50:.1f} µs, p99 {p99:.1f} µs")


def _runs(
    stack: ExitStack, city: cities.City, xy: np.ndarray, index: locate.Index, options
) -> dict[str, Callable[[], peers.Links]]:
    x, y = np.ascontiguousarray(xy.T)

    def ours(index: locate.Index, threads: int) -> peers.Links:
        links = locate.find(index, x, y, threads)
        return links.block, links.road.segment

    runs = {
        "luge, 4 threads": lambda: ours(index, 4),
        "luge, 1 thread": lambda: ours(index, 1),
        "luge, index built too": lambda: ours(_build(city), 4),
    }
    url = database.start()
    contexts = {
        "geopandas": lambda: peers.geopandas_joins(city, xy),
        "strtree, 1 thread": lambda: peers.strtree(city, xy, 1),
        "strtree, 4 threads": lambda: peers.strtree(city, xy, 4),
        "postgis, 4 connections": lambda: peers.postgis(city, xy, url),
        "duckdb": lambda: peers.duckdb_spatial(city, xy),
        "sedonadb": lambda: peers.sedona_db(city, xy),
    }
    for name, make in contexts.items():
        if not any(name.startswith(left_out) for left_out in options.without):
            runs[name] = stack.enter_context(make())
    return runs


def _in_turns(runs, repeat: int) -> tuple[Taken, dict[str, peers.Links]]:
    taken, found = {name: [] for name in runs}, {}
    for turn in range(repeat):
        for name, run in runs.items():
            # What the one before leaves behind (threads that end, memory given back) is its own.
            gc.collect()
            time.sleep(REST_S)
            first, _ = _timed(run)
            before = time.process_time()
            again, found[name] = _timed(run)
            taken[name].append(Turn(first, again, time.process_time() - before))
            print(f"  turn {turn + 1}: {name} {first:.2f} s, again {again:.3f} s", flush=True)
    return taken, found


def _report(taken: Taken, found: dict[str, peers.Links]) -> None:
    ours, (block, segment) = _median(taken["luge, 4 threads"]), found["luge, 4 threads"]
    print("| whole link | first s | × luge | again s | × luge | CPU s | all turns", end=" ")
    print("| other block | other segment |")
    print("|---|---|---|---|---|---|---|---|---|")
    near = segment >= 0
    for name, turns in taken.items():
        first, again, processors = _median(turns)
        other_block = int((found[name][0] != block).sum())
        other_segment = int((found[name][1][near] != segment[near]).sum())
        all_turns = " ".join(f"{turn.again:.2f}" for turn in turns)
        print(f"| {name} | {first:.3f} | {first / ours.first:.1f}", end=" ")
        print(f"| {again:.3f} | {again / ours.again:.1f} | {processors:.2f}", end=" ")
        print(f"| {all_turns} | {other_block} | {other_segment} |")


def _median(turns: list[Turn]) -> Turn:
    return Turn(*map(median, zip(*turns, strict=True)))


if __name__ == "__main__":
    main()
