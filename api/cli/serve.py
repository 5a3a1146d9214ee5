"""`luge serve` and `luge demo`: the service on its address."""

import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from socket import socket
from typing import Annotated

import typer
import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from api import logs, together
from geo.store import cluster, sample
from geo.store.settings import Settings, load

log = logging.getLogger("luge")

# Compiled code may keep a process from answering its parent for a while; not a reason to kill it.
HEALTHY_S = 60

Port = Annotated[int | None, typer.Option(help="Instead of LUGE_PORT.", min=0, max=65535)]
Workers = Annotated[int | None, typer.Option(help="Instead of LUGE_WORKERS.", min=1, max=64)]


class NotStarted(ValueError):
    """The service could not start; the log says why."""


def serve(port: Port = None, workers: Workers = None) -> None:
    """Serve the district in the database."""
    settings = _settings(port, workers)
    with _database_for_a_while(settings) as url:
        _run(url, settings)


def demo(port: Port = None, workers: Workers = None) -> None:
    """Load the sample district where it is not there yet, and serve it."""
    settings = _settings(port, workers)
    with _database_for_a_while(settings) as url:
        sample.ensure(url, settings.home / "sample", log.info)
        _run(url, settings)


def _settings(port: int | None, workers: int | None) -> Settings:
    given = {"port": port, "workers": workers}
    settings = load()
    logs.begin(settings.log)
    return settings.model_copy(update={k: v for k, v in given.items() if v is not None})


@contextmanager
def _database_for_a_while(settings: Settings) -> Iterator[str]:
    """The database; a private PostGIS that was not running before is stopped again at the end."""
    # The default way of SIGTERM would skip what stands under finally.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    ours = not settings.database_url and not cluster.status(settings.home).running
    try:
        yield cluster.ensure(settings, log.info)
    finally:
        if ours and cluster.stop(settings.home):
            log.info("the private PostGIS is stopped; its data stay")


def _run(url: str, settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way then have LUGE_SHUTDOWN_S.

    Raises:
        NotStarted: when the address is taken, or the service cannot start.
    """
    os.environ["LUGE_DATABASE_URL"] = url
    config = _config(settings)
    with _listening(config) as listener, ExitStack() as stack:
        host, port = listener.getsockname()[:2]
        log.info("http://%s:%d  (Ctrl-C stops it)", f"[{host}]" if ":" in host else host, port)
        if settings.workers > 1:
            stack.enter_context(together.shared(settings.home))
            started = _serve_in_many(config, listener)
        else:
            started = _serve_in_one(config, listener)
    if not started:
        raise NotStarted("the service did not start; the log above says why")
    log.info("stopped")


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        "api.app:app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="api.wire:Wire",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_s,
        timeout_worker_healthcheck=HEALTHY_S,
    )


@contextmanager
def _listening(config: uvicorn.Config) -> Iterator[socket]:
    try:
        listener = config.bind_socket()
    except SystemExit:
        raise NotStarted(
            f"{config.host}, port {config.port}, cannot be listened on; another: --port, LUGE_PORT"
        ) from None
    with listener:
        yield listener


def _serve_in_one(config: uvicorn.Config, listener: socket) -> bool:
    server = uvicorn.Server(config)
    # uvicorn repeats the signal that ended it, once all is done.
    with suppress(KeyboardInterrupt, SystemExit):
        server.run([listener])
    return server.started


class _Supervisor(Multiprocess):
    """Knows at once of a process that is gone, even while it waits for its answer."""

    def keep_subprocess_alive(self) -> None:
        for process in self.processes:
            process.child_conn.close()  # held here, the pipe would outlive the process
        super().keep_subprocess_alive()


def _serve_in_many(config: uvicorn.Config, listener: socket) -> bool:
    supervisor = _Supervisor(config, [listener])
    supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)
