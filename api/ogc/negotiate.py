"""Which format and which language an answer is in: ``f`` and ``lang``, else the headers."""

from collections.abc import Mapping

from fastapi import Request

from api.ogc.faults import NotAcceptable

LANGUAGES = ("zh", "en")


def form(request: Request, asked: str | None, offered: Mapping[str, str]) -> str:
    """The format: by name, else by ``Accept``; the first offered where anything will do.

    ``offered`` maps names to media types. Raises `NotAcceptable`.
    """
    if asked is not None:
        return asked
    accepted = _weighed(request.headers.get("accept", "*/*"))
    if not accepted:
        return next(iter(offered))
    best, weight = "", 0.0
    for name, media_type in offered.items():
        found = _weight(media_type.partition(";")[0], accepted)
        if found > weight:
            best, weight = name, found
    if not best:
        raise NotAcceptable(f"served here are {', '.join(offered.values())}; or ask by ?f=")
    return best


def language(request: Request, asked: str | None) -> str:
    """zh or en; Chinese where the client prefers neither."""
    if asked:
        return asked
    accepted = _weighed(request.headers.get("accept-language", ""))
    primary = [(weight, name.partition("-")[0]) for name, weight in accepted.items()]
    known = [(weight, name) for weight, name in primary if name in LANGUAGES and weight > 0]
    return max(known, key=lambda it: it[0])[1] if known else "zh"


def _weighed(header: str) -> dict[str, float]:
    """The entries of an Accept header with their weights, in the order given."""
    found = {}
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        if name:
            found[name] = _quality(parameters)
    return found


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0
    return 1


def _weight(media_type: str, accepted: Mapping[str, float]) -> float:
    """What a media type is worth; named outright it is a little more so than by a wider name."""
    plain = "application/json" if media_type.endswith("+json") else media_type
    for step, name in enumerate((media_type, plain, f"{media_type.partition('/')[0]}/*", "*/*")):
        if name in accepted:
            return accepted[name] * (1 - step / 1_000)
    return 0
