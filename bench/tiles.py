"""Tiles of the generated city along a recorded walk: Luge, tipg, bare SQL; and nginx for kept ones.

scripts/bench tiles [--city large] [--rounds 3]       nginx and wrk: apt install nginx-light wrk
"""

import argparse
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

import psycopg

from bench import kept, mapped, servers, walk
from bench.kept import Page
from bench.servers import Answer, Client, Server
from geo.layers import LAYERS
from geo.store import database, pools, tiles
from geo.store.tiles import Tile, Wanted

SHOWN = ("areas", "grids", "blocks", "roads", "segments", "incidents")
TIPG_MOST = 10_000  # its own default
NO_LIMIT = 10_000_000
# The tables that hold the layers, with the column that a layer draws.
TABLES = {
    "areas": ("area", "geom"), "grids": ("grid_shape", "geom"), "blocks": ("block", "geom"),
    "roads": ("segment", "surface"), "segments": ("segment", "geom"),
    "incidents": ("incident", "geom"),
}  # fmt: skip


class Request(NamedTuple):
    """One layer of one tile."""

    layer: str
    tile: Tile


class Taken(NamedTuple):
    """Of one request: seconds of each round, and the bytes of the last answer."""

    seconds: list[float]
    body: bytes


Results = dict[str, dict[Request, Taken]]


def main() -> None:
    """Fills the database where needed, then asks all, interleaved, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--city", choices=["small", "large"], default="large")
    parser.add_argument("--incidents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--without", nargs="*", default=[], help="tipg, cold, kept")
    options = parser.parse_args()
    url = mapped.ready(options.city, options.incidents)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    requests = [Request(layer, tile) for tile in walk.tiles() for layer in SHOWN]
    with ExitStack() as stack:
        tipg = None
        if "tipg" not in options.without:
            tipg = stack.enter_context(servers.tipg(url, TIPG_MOST))
        results = cold(url, requests, options.rounds, tipg)
        if tipg:
            whole(url, requests, results)
            for most in (TIPG_MOST, NO_LIMIT):
                as_found(url, requests, results, most)
        if "kept" not in options.without:
            pages = [Page(_luge_path(r), _tipg_path(r), taken.body)
                     for r, taken in results["luge"].items() if taken.body]  # fmt: skip
            kept.compare(url, pages, tipg, options.rounds)
    print(f"load {os.getloadavg()[0]:.1f}")


def cold(url: str, requests: list[Request], rounds: int, tipg: Server | None) -> Results:
    """Nothing is kept: Luge's shelf has no room, and tipg keeps nothing anyway."""
    settings = " ".join(f"-c {setting}" for setting in pools.TILE_SETTINGS)
    options = {"autocommit": True, "prepare_threshold": 0, "options": settings}
    with servers.luge(url, 0) as luge, psycopg.connect(url, **options) as conn:
        client, running = Client(luge.port), {"luge": luge}
        ask = {"luge": lambda r: _body(client.get(_luge_path(r))), "sql": _bare(conn, requests)}
        if tipg:
            other, running["tipg"] = Client(tipg.port), tipg
            ask["tipg"] = lambda r: _body(other.get(_tipg_path(r)))
        return _measure(url, ask, requests, rounds, running)


def whole(url: str, requests: list[Request], results: Results) -> None:
    """tipg without its limit, asked once for the tiles that it gave in part only."""
    filled = {(r.layer, r.tile.z) for r, taken in results["luge"].items() if taken.body}
    shown = [r for r in requests if (r.layer, r.tile.z) in filled]
    with psycopg.connect(url) as conn:
        partial = [r for r in shown if r.tile.z < 14 and _features(conn, r) > TIPG_MOST]
    seconds = {r: median(results["tipg"][r].seconds) for r in shown}
    size = {r: len(results["tipg"][r].body) for r in shown}
    with servers.tipg(url, 10_000_000) as tipg:
        client = Client(tipg.port)
        client.get(_tipg_path(requests[-1]))
        for request in partial:
            start = time.perf_counter()
            size[request] = len(_body(client.get(_tipg_path(request))))
            seconds[request] = time.perf_counter() - start
    print(f"\ntipg without its limit ({len(partial)} tiles held more than {TIPG_MOST} features)")
    for zoom in [*sorted({r.tile.z for r in partial}), 0]:
        asked = [r for r in shown if zoom in (r.tile.z, 0)]
        luge = sum(median(results["luge"][r].seconds) for r in asked)
        theirs = sum(seconds[r] for r in asked)
        kilobytes = sum(size[r] for r in asked) / len(asked) / 1e3
        rates = f"luge {len(asked) / luge:.0f}/s, tipg {len(asked) / theirs:.1f}/s"
        times = f"tipg × {theirs / luge:.2f}"
        print(f"z{zoom or 'all'}: {len(asked)} tiles; {rates}; {times}; kB: tipg {kilobytes:.1f}")


def as_found(url: str, requests: list[Request], results: Results, most: int) -> None:
    """tipg on the tables as they are, without what Luge prepares: asked once, all layers.

    Each table's own geometry in the district's CRS, with all of its attributes.
    """
    with servers.tipg(url, most) as tipg:
        client, seconds, size = Client(tipg.port), {}, {}
        client.get(_table_path(requests[-1]))
        for request in requests:
            start = time.perf_counter()
            size[request] = len(_body(client.get(_table_path(request))))
            seconds[request] = time.perf_counter() - start
    print(f"\ntipg on the tables as they are, at most {most} features a tile; all layers")
    for zoom in [*sorted({r.tile.z for r in requests}), 0]:
        asked = [r for r in requests if zoom in (r.tile.z, 0)]
        luge = sum(median(results["luge"][r].seconds) for r in asked)
        theirs = sum(seconds[r] for r in asked)
        rates = f"luge {len(asked) / luge:.0f}/s, tipg {len(asked) / theirs:.1f}/s"
        kilobytes = sum(size[r] for r in asked) / len(asked) / 1e3
        print(f"z{zoom or 'all'}: {rates}; tipg × {theirs / luge:.2f}; kB: tipg {kilobytes:.1f}")


def _table_path(request: Request) -> str:
    z, x, y = request.tile
    table, column = TABLES[request.layer]
    tiled = f"/collections/public.{table}/tiles/WebMercatorQuad/{z}/{x}/{y}"
    return f"{tiled}?geom-column={column}"


def _features(conn: psycopg.Connection, request: Request) -> int:
    sql = f"select count(*) from layer_{request.layer} where tile_geom &&"
    return conn.execute(f"{sql} st_tileenvelope(%s, %s, %s)", request.tile).fetchone()[0]


Ask = Callable[[Request], bytes]


def _measure(
    url: str, ask: dict[str, Ask], requests: list[Request], rounds: int, running: dict[str, Server]
) -> Results:
    for who in ask:
        for request in requests[:: len(requests) // 20]:
            ask[who](request)
    before = {who: servers.processor_seconds(server, url) for who, server in running.items()}
    results = _in_turns(ask, requests, rounds)
    spent = {
        who: servers.processor_seconds(server, url) - before[who] for who, server in running.items()
    }
    _report(results, {who: s / rounds for who, s in spent.items()})
    return results


def _in_turns(ask: dict[str, Ask], requests: list[Request], rounds: int) -> Results:
    results: Results = {who: {} for who in ask}
    names = list(ask)
    for turn in range(rounds):
        for n, request in enumerate(requests):
            for step in range(len(names)):
                who = names[(turn + n + step) % len(names)]
                start = time.perf_counter()
                body = ask[who](request)
                seconds = time.perf_counter() - start
                before = results[who].get(request)
                results[who][request] = Taken([*(before.seconds if before else []), seconds], body)
    return results


def _report(results: Results, spent: dict[str, float]) -> None:
    filled = {(r.layer, r.tile.z) for r, taken in results["luge"].items() if taken.body}
    everything = {who: dict(found) for who, found in results.items()}
    shown = {
        who: {r: t for r, t in found.items() if (r.layer, r.tile.z) in filled}
        for who, found in results.items()
    }
    for name, part in (("layers that Luge shows at the zoom", shown), ("all layers", everything)):
        print(f"\n{name}: medians; processor seconds a round: {spent}")
        for zoom in [*sorted({r.tile.z for r in part["luge"]}), 0]:
            _line(part, zoom)
    for layer in SHOWN:
        times = [
            f"{z}: " + "/".join(f"{_ms(results[who], z, layer):.1f}" for who in results)
            for z in range(10, 18)
        ]
        print(f"{layer:10} {'/'.join(results)} ms", " ".join(times))


def _ms(found: dict[Request, Taken], zoom: int, layer: str) -> float:
    times = [median(t.seconds) for r, t in found.items() if (r.tile.z, r.layer) == (zoom, layer)]
    return sum(times) / len(times) * 1e3


def _line(part: Results, zoom: int) -> None:
    asked = [r for r in part["luge"] if zoom in (r.tile.z, 0)]
    total = {who: sum(median(part[who][r].seconds) for r in asked) for who in part}
    size = {who: sum(len(part[who][r].body) for r in asked) for who in part}
    rates = ", ".join(f"{who} {len(asked) / s:.0f}/s" for who, s in total.items())
    kilobytes = ", ".join(f"{who} {n / len(asked) / 1e3:.1f}" for who, n in size.items())
    times = ", ".join(f"{who} × {s / total['luge']:.2f}" for who, s in total.items())
    print(f"z{zoom or 'all'}: {len(asked)} tiles; {rates}; {times}; kB: {kilobytes}")


def _body(answer: Answer) -> bytes:
    if answer.status not in (200, 204):
        raise RuntimeError(f"{answer.status}: {answer.body[:200]!r}")
    return answer.body


def _luge_path(request: Request) -> str:
    z, x, y = request.tile
    return f"/tiles/{request.layer}/{z}/{x}/{y}.mvt"


def _tipg_path(request: Request) -> str:
    """The view that Luge reads, its Mercator column and the same attributes as Luge's tile."""
    z, x, y = request.tile
    shown = [c.name for c in LAYERS[request.layer].columns if c.from_zoom <= z and not c.right]
    tiled = f"/collections/public.layer_{request.layer}/tiles/WebMercatorQuad/{z}/{x}/{y}"
    return f"{tiled}?geom-column=tile_geom&properties={','.join(shown)}"


def _bare(conn: psycopg.Connection, requests: list[Request]) -> Ask:
    """Luge's own queries, sent by a plain connection with the settings of Luge's own."""
    setting = database.read_setting(conn)
    shares = tiles.read_shares(conn)
    on = str(
        conn.execute("select (now() at time zone %s)::date", [setting.time_zone]).fetchone()[0]
    )
    ready = {}
    for request in requests:
        layer, tile = LAYERS[request.layer], request.tile
        if tile.z >= layer.min_zoom:
            wanted = Wanted(on=on, share=shares.get(layer.key, {}).get(tile.z, 1))
            ready[request] = tiles.prepare(layer, tile, wanted, setting, frozenset())

    def ask(request: Request) -> bytes:
        if request not in ready:
            return b""
        return bytes(conn.execute(*ready[request], binary=True).fetchone()[0] or b"")

    return ask


if __name__ == "__main__":
    main()
