"""The service on the sample district, asked over HTTP."""

import pytest
from services import at_home, serve


@pytest.fixture(scope="session")
def client(sample_url):
    """The service on the sample district."""
    with serve(sample_url) as client:
        yield client


@pytest.fixture(scope="module")
def here(own):
    """The service on a copy that may be changed, asked from this machine."""
    with at_home(own) as client:
        yield client


@pytest.fixture
def get(client):
    """What a GET answers, whose status must be the one expected."""

    def get(path, status=200, **params):
        answer = client.get(path, params=params)
        assert answer.status_code == status, answer.text[:400]
        return answer

    return get
