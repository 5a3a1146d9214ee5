"""Whether an answer may be packed by gzip: Accept-Encoding read as RFC 9110 (12.5.3) has it."""

from functools import lru_cache

Pairs = list[tuple[bytes, bytes]]

NAME = b"accept-encoding"


def settled(headers: Pairs) -> Pairs:
    """The headers, with gzip in Accept-Encoding where the client takes it and nowhere else.

    Starlette and the shelf of tiles look for the word alone, whatever weight it has.
    """
    accepted = b",".join(value for name, value in headers if name == NAME)
    others = [pair for pair in headers if pair[0] != NAME]
    return [*others, (NAME, b"gzip")] if takes_gzip(accepted) else others


@lru_cache(maxsize=256)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an Accept-Encoding, all of its lines with commas between, allows gzip."""
    weights = dict(map(_weighed, accepted.lower().split(b",")))
    named = [weights[name] for name in (b"gzip", b"x-gzip") if name in weights]
    return max(named, default=weights.get(b"*", 0)) > 0


def _weighed(entry: bytes) -> tuple[bytes, float]:
    name, _, rest = entry.partition(b";")
    said, _, weight = rest.partition(b"=")
    try:
        return name.strip(), float(weight) if said.strip() == b"q" else 1
    except ValueError:
        return name.strip(), 0
