"""What the pages are answered, declared for the OpenAPI document.

The pages' own types are written from it (`api.typescript`), and a test holds real answers against
it, strictly.
"""

from typing import Any

from pydantic import ConfigDict, with_config

# West, south, east, north in degrees.
Bounds = tuple[float, float, float, float]
# Nothing but what is declared.
exact = with_config(ConfigDict(extra="forbid"))


def told(model: Any, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that answers so."""
    return {status: {"model": model}}
