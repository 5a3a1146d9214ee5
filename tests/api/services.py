"""The service in process: real routes on a real database."""

import math

from fastapi.testclient import TestClient

from api.app import create_app
from geo.store.settings import Settings
from geo.store.tiles import Tile


def serve(url, settings=None):
    """A client of the service on the database at ``url``; to be used as a context."""
    settings = settings or Settings(database_url=url)
    return TestClient(create_app(settings), raise_server_exceptions=False)


def at_home(url, settings=None):
    """The same for somebody on this machine, who may write."""
    app = create_app(settings or Settings(database_url=url))
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50_000))


def tile_of(lon: float, lat: float, zoom: int) -> Tile:
    """The tile of a place in degrees."""
    size = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(zoom, int((lon + 180) / 360 * size), int(y * size))
