"""The service, asked over HTTP in process: real routes on a real database."""

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from geo.store.settings import Settings


def serve(url):
    return TestClient(create_app(Settings(database_url=url)), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def client(sample_url):
    """The service on the sample district."""
    with serve(sample_url) as client:
        yield client
