"""Who asks: every request is answered on behalf of a reader."""

from functools import lru_cache

from fastapi import Request

from geo.layers import RIGHTS
from geo.store.database import Reader


class NoSuchRight(ValueError):
    """A setting names a right that there is not."""


def reader(request: Request) -> Reader:
    """The reader behind ``request``. Until people can sign in, all have the public rights."""
    return public(request.app.state.settings.public_rights)


@lru_cache(maxsize=8)
def public(rights: str) -> Reader:
    """The reader who is nobody in particular; raises `NoSuchRight` for rights there are not."""
    held = frozenset(word.strip() for word in rights.split(",") if word.strip())
    if unknown := sorted(held - RIGHTS.keys()):
        raise NoSuchRight(
            f"LUGE_PUBLIC_RIGHTS names {', '.join(unknown)}; there are {', '.join(RIGHTS)}"
        )
    return Reader("public", held)
