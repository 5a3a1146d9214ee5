"""Tiles that are kept: Luge's shelf beside nginx with the same bytes as files, and tipg."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import servers, wrk
from bench.servers import Client, Server

SHELF_BYTES = 200_000_000  # the service's own default
SECONDS, TIPG_SECONDS = 3, 10


class Page(NamedTuple):
    """A tile by its path at Luge and at tipg, and the bytes that Luge answers."""

    luge: str
    tipg: str
    body: bytes


class Asker(NamedTuple):
    """Whom to ask, for what, for how long."""

    server: Server
    lines: list[str]
    seconds: int


def compare(url: str, pages: list[Page], tipg: Server | None, rounds: int) -> None:
    """Asks all for the same tiles, in turns, and prints rates."""
    pages = random.Random(1).sample(pages, len(pages))
    with servers.luge(url, SHELF_BYTES) as luge, _files(pages) as nginx:
        askers = {
            "luge 200": Asker(luge, [page.luge for page in pages], SECONDS),
            "nginx 200": Asker(nginx, [page.luge for page in pages], SECONDS),
            "luge 304": Asker(luge, _known(luge, pages), SECONDS),
            "nginx 304": Asker(nginx, _known(nginx, pages), SECONDS),
        }
        if tipg:
            askers["tipg"] = Asker(tipg, [page.tipg for page in pages], TIPG_SECONDS)
        _report(_in_turns(url, askers, rounds), pages)


@contextmanager
def _files(pages: list[Page]) -> Iterator[Server]:
    with TemporaryDirectory() as folder:
        for page in pages:
            file = Path(folder) / "files" / page.luge[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(page.body)
        with servers.nginx(Path(folder)) as server:
            yield server


def _known(server: Server, pages: list[Page]) -> list[str]:
    """Lines with the entity tags that this server gives; checks its bytes, and fills its cache."""
    client, lines = Client(server.port), []
    for page in pages:
        answer = client.get(page.luge)
        if answer.body != page.body:
            raise RuntimeError(f"{page.luge} differs from when it was drawn")
        tag = answer.headers["etag"]
        if client.get(page.luge, f"If-None-Match: {tag}\r\n").status != 304:
            raise RuntimeError(f"{page.luge} is not known again")
        lines.append(f"{page.luge}\t{tag}")
    return lines


# Answers a second, and answers a second of processor time.
Rates = dict[str, list[tuple[float, float]]]


def _in_turns(url: str, askers: dict[str, Asker], rounds: int) -> Rates:
    rates: Rates = {name: [] for name in askers}
    for _ in range(rounds):
        for name, asker in askers.items():
            before = servers.processor_seconds(asker.server, url)
            load = wrk.run(asker.server.port, asker.lines, asker.seconds)
            spent = servers.processor_seconds(asker.server, url) - before
            rates[name].append((load.answers / load.seconds, load.answers / spent))
    return rates


def _report(rates: Rates, pages: list[Page]) -> None:
    size = sum(len(page.body) for page in pages) / len(pages) / 1e3
    print(f"\nkept: {len(pages)} tiles that are not empty, {size:.1f} kB on average")
    found = {name: [median(column) for column in zip(*all_, strict=True)]
             for name, all_ in rates.items()}  # fmt: skip
    for name, (wall, processor) in found.items():
        print(f"{name:10} {wall:8.0f}/s {processor:8.0f} a second of processor", end="")
        for other in ("nginx 200", "nginx 304", "tipg"):
            if other in found and other != name:
                ratio = (wall / found[other][0], processor / found[other][1])
                print(f"; × {other} {ratio[0]:.2f} ({ratio[1]:.2f})", end="")
        print()
