"""The maps of a report: folium, with our own layers as GeoJSON and no base tiles."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import folium
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.generalise import generalise
from geo.reporting.material import Frame, Material
from geo.reporting.redraw import Land

# A map is this wide on A4; shapes are simplified for it.
WIDTH_PX = 700
# Where a px shows more metres than this, lines are drawn thinner.
CLOSE_M = 16.0
PLACES = 5  # decimals of a degree: about a metre
BLANK = "#f1efe9"
WATER, ROAD, OUTLINE = "#b9d7e6", "#ffffff", "#5d6b82"
ORANGE = ("#fff1dc", "#fdcc8a", "#fc8d59", "#e34a33", "#b30000")
BLUE = ("#eef8d9", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
HOUSEHOLD_BOUNDS = (300.0, 500.0, 750.0, 1000.0)
# The darkest class holds the highest tenth.
QUANTILES = (0.4, 0.7, 0.9)


class OfflineMap(folium.Map):
    """A folium map that asks for no script and no style: the page around it has Leaflet."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class Key(NamedTuple):
    """One line of a legend."""

    colour: str
    text: str
    line: bool = False


class Figure(NamedTuple):
    """A map as HTML and the script that draws it, with its legend."""

    html: str
    script: str
    title: str
    legend: list[Key]


class Ground(NamedTuple):
    """What every map of a report is drawn on."""

    material: Material | Land
    pixel_m: float
    slim: float  # lines are this times as wide: less where much lies close together
    bounds: tuple[float, float, float, float]  # west, south, east, north in degrees
    outline: dict[str, Any]
    water: dict[str, Any]
    roads: dict[str, Any]
    names: list[tuple[str, float, float]]


def ground_of(material: Material | Land) -> Ground:
    """The ground of all maps of a report, prepared once."""
    shape = shapely.union_all(material.areas.geometry.to_numpy())
    west, south, east, north = shapely.bounds(shape)
    pixel_m = max(east - west, (north - south) * 1.4, 1.0) / WIDTH_PX
    areas = material.areas
    level = "community" if material.street else "street"
    named = areas[areas["level"] == level]
    middle = _degrees(shapely.point_on_surface(named.geometry.to_numpy()), material.srid)
    main = material.segments[material.segments["from_zoom"] <= 12]
    lines = np.array([shapely.line_merge(shapely.union_all(main.geometry.to_numpy()))])
    water = shapely.union_all(material.water.geometry.to_numpy())
    wet = np.array([shapely.intersection(water, shape)])
    edges = generalise(areas.geometry.to_numpy(), pixel_m, areas["level"].to_numpy())
    seen = edges != None  # noqa: E711 - elementwise
    return Ground(
        material, pixel_m, min(1.0, CLOSE_M / pixel_m),
        tuple(shapely.bounds(_degrees(np.array([shape]), material.srid)[0])),
        _features(edges[seen], material.srid, {"level": areas["level"].to_numpy()[seen]}),
        _features(shapely.simplify(wet, pixel_m), material.srid, {}),
        _features(shapely.simplify(lines, pixel_m), material.srid, {}),
        [(n, p.y, p.x) for n, p in zip(named["name"], middle, strict=True)],
    )  # fmt: skip


def filled(
    ground: Ground, shapes: Frame, colours: Sequence[str], tips: Sequence[str]
) -> folium.Map:
    """A map with ``shapes`` filled in ``colours``, each with a tip."""
    drawn = _start(ground)
    plain = generalise(shapes.geometry.to_numpy(), ground.pixel_m)
    seen = plain != None  # noqa: E711
    given = {
        "c": np.asarray(colours, object)[seen],
        "w": [0.6 * ground.slim] * int(seen.sum()),
        "tip": np.asarray(tips, object)[seen],
    }
    data = _features(plain[seen], ground.material.srid, given)
    _tipped(data, _fill).add_to(drawn)
    folium.GeoJson(ground.water, style_function=_water, interactive=False).add_to(drawn)
    folium.GeoJson(ground.roads, style_function=_road, interactive=False).add_to(drawn)
    return _finish(drawn, ground)


def lined(ground: Ground, lines: Sequence[tuple[Any, str, float, str, str]]) -> folium.Map:
    """A map with lines: geometry, colour, width in px, dash pattern, tip."""
    drawn = _start(ground)
    folium.GeoJson(ground.water, style_function=_water, interactive=False).add_to(drawn)
    geoms, colour, width, dash, tip = zip(*lines, strict=True) if lines else [()] * 5
    shapes = shapely.simplify(np.array(geoms, object), ground.pixel_m / 2)
    given = {"c": colour, "w": [w * ground.slim for w in width], "d": dash, "tip": tip}
    _tipped(_features(shapes, ground.material.srid, given), _stroke).add_to(drawn)
    return _finish(drawn, ground)


def _tipped(data: dict[str, Any], style: Any) -> folium.GeoJson:
    """Features with their tips; folium refuses a tip where there is no feature to have it."""
    tip = folium.GeoJsonTooltip(["tip"], labels=False) if data["features"] else None
    return folium.GeoJson(data, style_function=style, tooltip=tip)


def add_numbers(drawn: folium.Map, points: pd.DataFrame, srid: int) -> None:
    """Numbered circles at ``x`` and ``y`` of ``points``, in their order."""
    where = _degrees(shapely.points(points[["x", "y"]].to_numpy(float)), srid)
    for n, point in enumerate(where):
        icon = folium.DivIcon(html=f"<b>{n + 1}</b>", class_name="spot", icon_size=(17, 17))
        folium.Marker([point.y, point.x], icon=icon).add_to(drawn)


def finished(drawn: folium.Map, title: str, legend: list[Key]) -> Figure:
    """The map as the pieces that the page puts together."""
    root: Any = drawn.get_root()
    root.render()
    head = f"<style>{_style_of(drawn)}</style>"
    return Figure(head + root.html.render(), root.script.render(), title, legend)


def classes(values: NDArray[np.float64], least: float = 1) -> list[float]:
    """Bounds at `QUANTILES` of the values from ``least`` on: whole numbers, each once."""
    counted = values[values >= least]
    if not len(counted):
        return []
    bounds = np.unique(np.round(np.quantile(counted, QUANTILES)))
    return [float(b) for b in bounds if b > least]


def _style_of(drawn: folium.Map) -> str:
    return f"#{drawn.get_name()}{{position:relative;width:100%;height:100%}}"


def _start(ground: Ground) -> folium.Map:
    west, south, east, north = ground.bounds
    drawn = OfflineMap(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, control_scale=True,
        scroll_wheel_zoom=False, attribution_control=False, zoom_snap=0.1, zoom_delta=0.5,
        zoom_animation=False, fade_animation=False, marker_zoom_animation=False,
        min_zoom=8, max_zoom=18,
    )  # fmt: skip
    folium.GeoJson(ground.outline, style_function=_base, control=False).add_to(drawn)
    return drawn


def _finish(drawn: folium.Map, ground: Ground) -> folium.Map:
    folium.GeoJson(ground.outline, style_function=_border, interactive=False).add_to(drawn)
    for name, lat, lon in ground.names:
        icon = folium.DivIcon(
            html=f"<span>{escape(name)}</span>", class_name="place-name", icon_size=(0, 0)
        )
        folium.Marker([lat, lon], icon=icon).add_to(drawn)
    west, south, east, north = ground.bounds
    drawn.fit_bounds([[south, west], [north, east]], padding=(6, 6))
    return drawn


def _features(shapes: Any, srid: int, given: dict[str, Any]) -> dict[str, Any]:
    """GeoJSON in degrees; texts are escaped, as Leaflet's tips take them for HTML."""
    keys = list(given)
    rows = zip(*given.values(), strict=True) if given else [()] * len(shapes)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {k: escape(v) if isinstance(v, str) else v
                               for k, v in zip(keys, row, strict=True)},
                "geometry": _rounded(shapely.geometry.mapping(shape)),
            }
            for shape, row in zip(_degrees(shapes, srid), rows, strict=True)
            if shape is not None and not shape.is_empty
        ],
    }  # fmt: skip


def _rounded(geometry: Any) -> Any:
    if isinstance(geometry, dict):
        return {key: _rounded(value) for key, value in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [_rounded(value) for value in geometry]
    return round(geometry, PLACES) if isinstance(geometry, float) else geometry


def _degrees(shapes: Any, srid: int) -> NDArray[np.object_]:
    return crs.transform_geometries(np.asarray(shapes, object), f"EPSG:{srid}", "wgs84")


def _base(_: Any) -> dict[str, Any]:
    return {"stroke": False, "fillColor": BLANK, "fillOpacity": 1}


def _fill(feature: Any) -> dict[str, Any]:
    colour = feature["properties"]["c"]
    weight = feature["properties"]["w"]
    return {"color": "#5f6672", "weight": weight, "fillColor": colour, "fillOpacity": 0.95}


def _stroke(feature: Any) -> dict[str, Any]:
    given = feature["properties"]
    return {"color": given["c"], "weight": given["w"], "dashArray": given["d"] or None}


def _water(_: Any) -> dict[str, Any]:
    return {"stroke": False, "fillColor": WATER, "fillOpacity": 1}


def _road(_: Any) -> dict[str, Any]:
    return {"color": ROAD, "weight": 0.8, "opacity": 0.55}


def _border(feature: Any) -> dict[str, Any]:
    weight = {"district": 2.0, "street": 1.6}.get(feature["properties"]["level"], 0.8)
    return {"color": OUTLINE, "weight": weight, "fill": False}
