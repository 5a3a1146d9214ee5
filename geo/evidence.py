"""What a district's own ground says of where a file's rows lie: tests that a true position passes.

A test takes positions, shape (n, 2), metres in the district's CRS, and says for each whether it
fits and whether anything is known there. No test alone proves a position; ``geo.datum`` compares
how the same rows do at several.
"""

from collections.abc import Callable, Container
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geo import values
from geo.kinds import Kind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Seen = tuple[Mask, Mask]

# A door lies so far behind the edge of the road surface; a case no further from it.
DOOR_M = 10.0
# So far from the road it names a row may lie: a yard, a large building.
NAMED_M = 50.0
# Further from every road than this nothing is known of roads.
KNOWN_M = 300.0
STEP_M = 100.0
BORDER_M = 5.0
INNER_M = 5.0
# A column tells the area where so many of its cells are names or codes of areas.
LABEL_SHARE = 0.6
# 'inside' counts only for a file of the district alone: one of the whole city has rows around it.
OWN_FILE = 0.98
ROADS = ("road", "lane")
DOORS = ("merchants", "stations")
LINEAR = ("ways",)
SUFFIXES = ("街道", "镇", "乡", "社区", "居委会", "居委", "村委会", "小区")
LEVEL_WORDS = {"street": "street", "community": "community", "compound": "compound"}


class Ground(NamedTuple):
    """What a district knows of itself, in its metric CRS (EPSG number ``srid``).

    ``areas``: frame with level, code, name and polygons; ``surfaces``: frame with kind (road,
    lane, river, rail), name and polygons of the surfaces; ``extent``: its polygon, or None.
    """

    srid: int
    areas: Any
    surfaces: Any
    extent: Any = None


class Test(NamedTuple):
    """One kind of evidence: ``fit`` ends the sentence '99 % of 200 points …'.

    It counts only where some hypothesis reaches ``least``.
    """

    fit: str
    look: Callable[[Floats], Seen]
    least: float = 0.0


def tests(kind: Kind, rows: Any, ground: Ground) -> list[Test]:
    """Return what can be tested of rows of this kind, one position each, on this ground.

    ``rows`` is the file's frame, a row for every position to be tested.
    """
    found = []
    columns = [name for name in rows.columns if name not in ("geometry", "_row")]
    known = _by_name(ground.areas)
    told = {name: _areas_named(rows[name], known) for name in columns}
    if kind.shape == "Point":
        found += [_label(area, ground.areas) for area in told.values() if (area >= 0).any()]
    free = [name for name in columns if not (told[name] >= 0).any()]
    roads = ground.surfaces[ground.surfaces["kind"].isin(ROADS)]
    if len(roads):
        if kind.shape in ("Point", "LineString"):
            found += _named_road([rows[name] for name in free], roads, len(rows))
        found += _by_roads(kind, roads.geometry.to_numpy(), ground.extent)
    return found + _on_ground(kind, ground)


def _by_name(areas: Any) -> dict[str, int]:
    """Return name or code → position in ``areas``; districts, which hold everything, are left out.

    A name goes by its short form too (外滩 for 外滩街道); what is written in full wins over it.
    """
    usable = areas[areas["level"] != "district"]
    words = [*usable["code"].astype(str), *usable["name"].astype(str)]
    at = np.tile(np.flatnonzero((areas["level"] != "district").to_numpy()), 2).tolist()
    short = {_bare(word): place for word, place in zip(words, at, strict=True)}
    return short | dict(zip(words, at, strict=True))


def _areas_named(cells: Any, known: dict[str, int]) -> Any:
    """Return the area that each cell names, -1 where it names none.

    All -1 where too few cells do for the column to tell the area.
    """
    words = values.text(cells)
    found = words.map(lambda word: known.get(word, known.get(_bare(word), -1)), na_action="ignore")
    found = found.fillna(-1).to_numpy(dtype=np.int64)
    told = (found >= 0).sum() >= max(1.0, LABEL_SHARE * float(words.notna().sum()))
    return found if told else np.full(len(found), -1)


def _bare(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _label(area: Any, areas: Any) -> Test:
    shapes = areas.geometry.to_numpy()
    shapely.prepare(shapes)
    levels = areas["level"].iloc[np.unique(area[area >= 0])].unique()
    word = LEVEL_WORDS.get(levels[0], "area") if len(levels) == 1 else "area"
    named = np.where(area >= 0, shapes[area], None)

    def look(xy: Floats) -> Seen:
        return shapely.intersects_xy(named, xy), area >= 0

    return Test(f"fall in the {word} they name", look)


def _named_road(columns: list[Any], roads: Any, n: int) -> list[Test]:
    """Return the test whether rows lie by the road whose name they mention."""
    named = roads[roads["name"].fillna("").str.len() >= 2]
    shapes = {
        name: shapely.multipolygons(parts.to_numpy())
        for name, parts in named.geometry.groupby(named["name"])
    }
    sizes = sorted({len(name) for name in shapes}, reverse=True)
    mention = np.full(n, None, dtype=object)
    for column in columns:
        for row, cell in enumerate(values.text(column).fillna("")):
            mention[row] = mention[row] or _name_in(cell, shapes, sizes)
    known = mention != np.array(None)
    if not known.any():
        return []
    road = np.array([shapes[name] if name else None for name in mention], dtype=object)

    def look(xy: Floats) -> Seen:
        return shapely.dwithin(road, shapely.points(xy), NAMED_M), known

    return [Test("lie by the road they name", look)]


def _name_in(cell: str, names: Container[str], sizes: list[int]) -> str | None:
    """Return the longest name that stands in the cell and is not the start of an area's name."""
    for size in sizes:
        for start in range(len(cell) - size + 1):
            if cell[start : start + size] in names and not cell.startswith(SUFFIXES, start + size):
                return cell[start : start + size]
    return None


def _by_roads(kind: Kind, roads: Any, extent: Any) -> list[Test]:
    """Return the tests of the distance to the nearest road surface."""
    tree = shapely.STRtree(roads)
    # Every fourth vertex tells well enough whether roads are known around a place.
    about = KDTree(shapely.get_coordinates(shapely.segmentize(roads, STEP_M))[::4])
    latest: list[tuple[Floats, Floats, Mask]] = []

    def distance(xy: Floats) -> tuple[Floats, Mask]:
        if not latest or latest[0][0] is not xy:  # several tests ask about the same positions
            known = np.isfinite(about.query(xy, distance_upper_bound=KNOWN_M)[0])
            latest[:] = [(xy, _distance(tree, roads, xy), known & _inside(xy, extent))]
        return latest[0][1:]

    def test(fit: str, fits: Callable[[Floats], Any]) -> Test:
        def look(xy: Floats) -> Seen:
            away, known = distance(xy)
            return fits(away), known

        return Test(fit, look)

    if kind.name in LINEAR:
        return [test("run on a road that is known", lambda away: away == 0)]
    near = test(f"lie on a road or within {DOOR_M:.0f} m of it", lambda away: away <= DOOR_M)
    off = test("stand off the carriageways", lambda away: away > 0)
    if kind.name in DOORS:
        door = f"stand within {DOOR_M:.0f} m behind the edge of a road"
        return [test(door, lambda away: (away > 0) & (away <= DOOR_M)), near, off]
    return [near, off] if kind.name == "compounds" else [near]


def _distance(tree: shapely.STRtree, roads: Any, xy: Floats) -> Floats:
    """Return the distance to the nearest road, infinite beyond ``DOOR_M``."""
    points = shapely.points(xy)
    at, hit = tree.query(points, predicate="dwithin", distance=DOOR_M)
    away = np.full(len(xy), np.inf)
    np.minimum.at(away, at, shapely.distance(points[at], roads[hit]))
    return away


def _on_ground(kind: Kind, ground: Ground) -> list[Test]:
    """Return the tests of water, compounds, borders and the district."""
    found = []
    water = ground.surfaces[ground.surfaces["kind"] == "river"].geometry.to_numpy()
    if len(water) and kind.name not in LINEAR:
        found.append(Test("are not in water", _outside(water, ground.extent)))
    homes = ground.areas[ground.areas["level"] == "compound"].geometry.to_numpy()
    if len(homes) and kind.name in LINEAR:
        inner = shapely.buffer(homes, -INNER_M)
        found.append(Test("run through no compound", _outside(inner, ground.extent)))
    if len(ground.areas) and kind.shape in ("Polygon", "MultiPolygon"):
        found.append(_border(ground.areas.geometry.to_numpy()))
    if ground.extent is not None:

        def look(xy: Floats) -> Seen:
            return _inside(xy, ground.extent), np.full(len(xy), True)

        found.append(Test("lie in the district", look, least=OWN_FILE))
    return found


def _outside(shapes: Any, extent: Any) -> Callable[[Floats], Seen]:
    tree = shapely.STRtree(shapes)

    def look(xy: Floats) -> Seen:
        dry = np.full(len(xy), True)
        dry[tree.query(shapely.points(xy), predicate="intersects")[0]] = False
        return dry, _inside(xy, extent)

    return look


def _border(shapes: Any) -> Test:
    # Edge by edge: a tree finds little among outlines as large as areas.
    outlines = shapely.get_parts(shapely.boundary(shapes))
    xy, ring = shapely.get_coordinates(outlines, return_index=True)
    same = ring[1:] == ring[:-1]
    tree = shapely.STRtree(shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)))

    def look(xy: Floats) -> Seen:
        on = np.full(len(xy), False)
        on[tree.query(shapely.points(xy), predicate="dwithin", distance=BORDER_M)[0]] = True
        return on, np.full(len(xy), True)

    return Test("lie on a border that is known", look)


def _inside(xy: Floats, extent: Any) -> Mask:
    if extent is None:
        return np.full(len(xy), True)
    shapely.prepare(extent)
    inside: Mask = shapely.contains_xy(extent, xy)
    return inside
