"""The service on the sample district, asked over HTTP."""

import pytest
from fastapi.testclient import TestClient
from services import serve

from api.app import create_app
from geo.store.settings import Settings


@pytest.fixture(scope="session")
def client(sample_url):
    """The service on the sample district."""
    with serve(sample_url) as client:
        yield client


@pytest.fixture(scope="module")
def here(own):
    """The service on a copy that may be changed, asked from this machine."""
    app = create_app(Settings(database_url=own))
    with TestClient(app, client=("127.0.0.1", 50_000)) as client:
        yield client
