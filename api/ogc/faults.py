"""What a request to the OGC API can get wrong; `api.problems` knows the status of each."""


class BadParameter(ValueError):
    """A query parameter is unknown or has a value that cannot be used."""


class NoSuchCollection(ValueError):
    """There is no collection, tileset or tile matrix set of this name."""


class NotAcceptable(ValueError):
    """None of the formats that the client accepts is served here."""


class NoTileThere(ValueError):
    """The tile lies outside of its tileset's limits."""
