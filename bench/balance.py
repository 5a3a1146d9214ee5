"""Plans of blocks: Luge's engine against public tools that divide graphs, on equal terms.

scripts/bench balance                          Texas precincts, 50 parts within 0.5 %
scripts/bench balance --graph MI TX --parts 5 18 --tolerance 0.02 --tools luge metis
scripts/bench balance --graph RI DE AR --parts 5 --metres --tools luge gerrychain
scripts/bench balance --out FILE …             what FILE has is not run again; --show prints it
scripts/bench balance --task shaken            loads shaken by up to 15 %, then evened out again
scripts/bench balance --task areas             300 grids inside the 40 largest counties of Michigan
scripts/bench balance --task exact             small towns, held against the best there is
scripts/bench balance --task stroke            one block in other hands: what it costs, in µs
scripts/bench balance --task memory            peak beyond the graph, for each block

All get the same graph, loads, parts and seconds of one core (process time, so that other work on
the machine counts for nobody). Precincts are read from ../shared/data; cities are generated. Tools
are run again and again with other seeds until their seconds are over, the best valid plan counts:
connected parts, within the tolerance. With --metres borders are weighed by length, and parts are
judged by Polsby and Popper's compactness too, where blocks have a shape. Each run is a line of
JSON in FILE, with every better plan's cut and second.
"""

import argparse
import itertools
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench import balance_graphs, balance_tasks
from bench.balance_tools import TOOLS, Case, Clock, Parts, stopped_after, task_of
from geo.balance import graph as graphs
from geo.balance.evolve import Effort, evolve
from geo.balance.graph import Graph

KEY = ("graph", "parts", "tolerance", "metres", "tool", "seconds", "seed")


def main() -> None:
    """Parses arguments, runs, prints."""
    options = _parser().parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.seconds:.0f} s a tool")
    if options.task != "divide":
        balance_tasks.TASKS[options.task](options)
        return
    print("| graph | parts | within | tool | cut | most off | mean Polsby–Popper |"
          " first valid after s | best after s | valid of tried |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    kept = _kept(options.out)
    if options.show:
        for run in kept.values():
            _line(run)
        return
    _warm()
    for run in _wanted(options):
        key = tuple(run[name] for name in KEY)
        if key not in kept:
            kept[key] = _run(run)
            _keep(options.out, kept[key])
        _line(kept[key])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=["divide", *balance_tasks.TASKS], default="divide")
    parser.add_argument(
        "--graph", nargs="+", default=["TX"], help="TX, MI, AR, RI, DE, city:BLOCKS, or town:BLOCKS"
    )
    parser.add_argument("--parts", type=int, nargs="+", default=[50])
    parser.add_argument("--tolerance", type=float, nargs="+", default=[0.005])
    parser.add_argument("--tools", nargs="+", choices=list(TOOLS), default=list(TOOLS))
    parser.add_argument("--seconds", type=float, default=60, help="of one core, for each tool")
    parser.add_argument("--metres", action="store_true", help="borders weigh their length")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="lines of JSON, outside of the repository")
    parser.add_argument("--show", action="store_true", help="print what --out has, run nothing")
    return parser


def _wanted(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    cases = itertools.product(options.graph, options.parts, options.tolerance, options.tools)
    for graph, parts, tolerance, tool in cases:
        values = graph, parts, tolerance, options.metres, tool, options.seconds, options.seed
        yield dict(zip(KEY, values, strict=True))


def _kept(file: Path | None) -> dict[tuple[Any, ...], dict[str, Any]]:
    if file is None or not file.exists():
        return {}
    runs = [json.loads(line) for line in file.read_text().splitlines()]
    return {tuple(run[name] for name in KEY): run for run in runs}


def _keep(file: Path | None, run: dict[str, Any]) -> None:
    if file is not None:
        with file.open("a") as out:
            out.write(json.dumps(run) + "\n")


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    """One tool on one graph: its best valid plan, and how far it was when."""
    ground = balance_graphs.ground(asked["graph"])
    graph, load = balance_graphs.weighed(ground, metres=asked["metres"])
    case = Case(asked["graph"], graph, load, asked["parts"], asked["tolerance"])
    clock = Clock(asked["seconds"], time.process_time())
    found = Found()
    with stopped_after(clock.seconds * 1.1 + 5):
        for part in TOOLS[asked["tool"]](case, clock, asked["seed"]):
            found.look(case, part, clock.gone())
            if clock.over():
                break
    told: dict[str, Any] = {"cut": None, "off": round(found.nearest, 5), "compact": None}
    if found.best is not None:
        off = round(most_off(load, found.best), 6)
        told |= {"cut": found.trail[-1][1], "off": off, "part": found.best.tolist()}
        if ground.area is not None:
            told["compact"] = round(balance_graphs.compactness(ground, found.best), 4)
    machine = round(os.getloadavg()[0], 1)
    told |= {"tried": found.tried, "valid": found.valid, "trail": found.trail, "load": machine}
    return asked | told


@dataclass
class Found:
    """The best valid plan so far; ``trail``: when each better one came, and its cut."""

    best: Parts | None = None
    nearest: float = np.inf
    tried: int = 0
    valid: int = 0
    trail: list[tuple[float, float]] = field(default_factory=list)

    def look(self, case: Case, part: Parts, seconds: float) -> None:
        """Looks at one more plan."""
        self.tried += 1
        self.nearest = min(self.nearest, most_off(case.load, part))
        if is_valid(case.graph, case.load, case.parts, case.tolerance, part):
            self.valid += 1
            cut = round(graphs.cut_of(case.graph, part), 3)
            if not self.trail or cut < self.trail[-1][1]:
                self.best = part
                self.trail.append((round(seconds, 2), cut))


def most_off(load: np.ndarray, part: Parts) -> float:
    """How far the load of a part is off the mean at most, as a share."""
    loads = np.bincount(part, load)
    return float(np.abs(loads / loads.mean() - 1).max())


def is_valid(graph: Graph, load: np.ndarray, parts: int, tolerance: float, part: Parts) -> bool:
    """Connected parts, all of them there, within the tolerance of their mean."""
    there = len(np.unique(part)) == parts and part.max() == parts - 1
    even = there and most_off(load, part) <= tolerance + 1e-9
    return bool(even and graphs.pieces(graph, part)[0] == parts)


def _line(run: dict[str, Any]) -> None:
    name = run["graph"] + (", m" if run["metres"] else "")
    head = f"| {name} | {run['parts']} | ±{run['tolerance']:.1%} | {run['tool']} |"
    tail = f" {run['valid']} of {run['tried']} |"
    if run["cut"] is None:
        print(head, f"none | {run['off']:.1%} | | | |" + tail, flush=True)
        return
    compact = "" if run["compact"] is None else f"{run['compact']:.3f}"
    first, best = run["trail"][0][0], run["trail"][-1][0]
    print(head, f"{run['cut']:.1f} | {run['off']:.2%} | {compact} | {first:.1f} | {best:.1f} |"
          + tail, flush=True)  # fmt: skip


def _warm() -> None:
    """Everything compiled before anything is timed."""
    graph, load = balance_graphs.read("city:64")
    evolve(graph, task_of(Case("", graph, load, 2, 0.1)), 0, Effort(2, 1, 1000))


if __name__ == "__main__":
    main()
