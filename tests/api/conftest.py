"""The service on the sample district, asked over HTTP."""

import pytest
from services import serve


@pytest.fixture(scope="session")
def client(sample_url):
    """The service on the sample district."""
    with serve(sample_url) as client:
        yield client
