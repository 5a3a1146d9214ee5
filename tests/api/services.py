"""The service in process: real routes on a real database."""

from fastapi.testclient import TestClient

from api.app import create_app
from geo.store.settings import Settings


def serve(url):
    """A client of the service on the database at ``url``; to be used as a context."""
    return TestClient(create_app(Settings(database_url=url)), raise_server_exceptions=False)
