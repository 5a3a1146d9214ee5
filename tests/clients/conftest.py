"""A running service on the sample district, for programs that are not ours."""

from collections.abc import Iterator

import pytest
from served import running


@pytest.fixture(scope="session")
def service(sample_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service on the sample district; nobody may change that."""
    with running(sample_url, tmp_path_factory.mktemp("home")) as address:
        yield address
