"""Who links the portions of `geo.scale`: this process, or the workers of a Dask cluster.

Workers are given a portion's name, never its rows: they read and write the shared folders, so only
some hundred bytes per portion pass through the scheduler.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from geo.scale import Done, Job, Portion, link_portion

ANSWERS_WITHIN = "10s"


class NoEngine(ValueError):
    """The engine is not installed or cannot be reached."""


class WorkersDied(ValueError):
    """Several workers in turn died over the same portion."""


class Cluster(NamedTuple):
    """Workers to start on this machine, or the address of a scheduler that has its own."""

    workers: int = 4
    address: str | None = None


def in_process(job: Job, portions: list[Portion]) -> Iterator[Done]:
    """Links portions one after the other, giving each as it is done."""
    for portion in portions:
        yield link_portion(job, portion)


def over_cluster(job: Job, portions: list[Portion], cluster: Cluster) -> Iterator[Done]:
    """Links portions over a Dask cluster, giving each as it is done.

    A portion whose worker dies is given to another one.

    Raises:
        NoEngine: where Dask is missing, no scheduler answers, or its workers cannot load Luge.
        WorkersDied: where a portion has cost four workers.
    """
    with _client(cluster) as client:
        from distributed import KilledWorker, as_completed

        _check_workers(client)
        futures = {client.submit(link_portion, job, p, pure=False): p for p in portions}
        for future in as_completed(futures):
            try:
                yield future.result()
            except KilledWorker as error:
                portion = futures[future]
                raise WorkersDied(
                    f"four workers died over row groups {portion.row_groups} of {portion.file},"
                    " perhaps for want of memory; what is finished is kept: start fewer workers"
                    " on each machine, or write smaller row groups, and run it again"
                ) from error


def _check_workers(client: Any) -> None:
    """That they can load what they will be sent: a worker that cannot is lost without a word."""
    try:
        client.wait_for_workers(1, timeout=ANSWERS_WITHIN)
        client.run(exec, "import geo.scale")
    except TimeoutError as error:
        raise NoEngine(
            "the Dask scheduler has no workers: start some, then run it again"
        ) from error
    except Exception as error:  # whatever a worker's Python says
        raise NoEngine(
            f"the workers cannot load Luge ({type(error).__name__}: {error}): install the same"
            " version of it on each of them"
        ) from error


@contextmanager
def _client(cluster: Cluster) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise NoEngine("Dask is not installed: pip install 'luge[cluster]'") from error
    if cluster.address:
        try:
            client = Client(cluster.address, timeout=ANSWERS_WITHIN)
        except (OSError, ValueError) as error:
            raise NoEngine(f"no Dask scheduler answers at {cluster.address}: {error}") from error
        with client:
            yield client
        return
    # Each worker is a process with one thread, and listens on this machine only.
    with (
        LocalCluster(
            n_workers=cluster.workers, threads_per_worker=1, processes=True, host="127.0.0.1",
            dashboard_address=None, silence_logs=logging.ERROR,
        ) as local,
        Client(local) as client,
    ):  # fmt: skip
        yield client
