"""The service in process: real routes on a real database."""

import math
from contextlib import contextmanager

import psycopg
from fastapi.testclient import TestClient

from api.app import create_app
from geo.store import cluster
from geo.store.settings import Settings
from geo.store.tiles import Tile


def serve(url, settings=None):
    """A client of the service on the database at ``url``; to be used as a context."""
    settings = settings or Settings(database_url=url)
    return TestClient(create_app(settings), raise_server_exceptions=False)


@contextmanager
def copied(cluster_url, template, name):
    """The URL of a database copied from the one at ``template``, for a module to write to."""
    source = psycopg.conninfo.conninfo_to_dict(template)["dbname"]
    with psycopg.connect(cluster_url, autocommit=True) as conn:
        conn.execute(f"drop database if exists {name} with (force)")
        conn.execute(f"create database {name} template {source}")
    try:
        yield cluster_url.replace(f"/{cluster.DATABASE}?", f"/{name}?", 1)
    finally:
        with psycopg.connect(cluster_url, autocommit=True) as conn:
            conn.execute(f"drop database {name} with (force)")


def tile_of(lon: float, lat: float, zoom: int) -> Tile:
    """The tile of a place in degrees."""
    size = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(zoom, int((lon + 180) / 360 * size), int(y * size))
