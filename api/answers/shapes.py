"""Shapes in answers, as GeoJSON (RFC 7946) has them; positions are lon, lat in degrees."""

from typing import Literal

from typing_extensions import TypedDict

from api.answers import exact

Position = tuple[float, float]


@exact
class PointShape(TypedDict):
    """A place."""

    type: Literal["Point"]
    coordinates: Position


@exact
class LineShape(TypedDict):
    """A line."""

    type: Literal["LineString"]
    coordinates: list[Position]


@exact
class LinesShape(TypedDict):
    """Several lines."""

    type: Literal["MultiLineString"]
    coordinates: list[list[Position]]


@exact
class PolygonShape(TypedDict):
    """A polygon: its outer ring, and those of its holes."""

    type: Literal["Polygon"]
    coordinates: list[list[Position]]


@exact
class PolygonsShape(TypedDict):
    """Several polygons."""

    type: Literal["MultiPolygon"]
    coordinates: list[list[list[Position]]]


@exact
class PointsShape(TypedDict):
    """Several places."""

    type: Literal["MultiPoint"]
    coordinates: list[Position]


Shape = PointShape | PointsShape | LineShape | LinesShape | PolygonShape | PolygonsShape
