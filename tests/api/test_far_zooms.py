"""Tiles of a whole zoom held against the tables: no gaps, no overlaps, nothing lost."""

import math
import time
from functools import cache

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from services import serve, tile_of

from geo.layers import LAYERS
from geo.metrics import SMALL_UNITS
from geo.store.refreshing import _TURN
from geo.store.tiles import MERCATOR_HALF_M, Tile

UNITS = 4096
# A pixel of a 512-pixel tile, in tile units.
PIXEL = 8
COVERAGES = [(key, zoom) for key in ("areas", "grids", "blocks")
             for zoom in range(LAYERS[key].min_zoom, 16)]  # fmt: skip
EVERY = [(key, zoom) for key, layer in LAYERS.items() for zoom in range(layer.min_zoom, 16)]


class Tiles:
    """The tiles of one layer at one zoom over the district."""

    def __init__(self, client, url, folder):
        self.client, self.url, self.folder = client, url, folder
        with psycopg.connect(url) as conn:
            box = "select st_extent(st_transform(geom, 4326)) as b from area"
            self.box = conn.execute(
                f"select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from ({box}) as e"
            ).fetchone()
        self.read = cache(self._read)

    def at(self, zoom):
        west, south, east, north = self.box
        # Density and roads reach a little beyond the district.
        first, last = tile_of(west, north, zoom), tile_of(east, south, zoom)
        over = 2 if zoom > 12 else 1
        for x in range(first.x - over, last.x + 1 + over):
            for y in range(first.y - over, last.y + 1 + over):
                yield Tile(zoom, x, y)

    def _read(self, layer, tile, query=""):
        """Features of a tile in its own units, y to the south; None where it is empty."""
        body = self.client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt{query}").content
        if not body:
            return None
        file = self.folder / "tile.mvt"
        file.write_bytes(body)
        if layer not in pyogrio.list_layers(file)[:, 0]:
            return None
        # GDAL, where it is to cut off the buffer itself, loses parts of some polygons.
        found = pyogrio.read_dataframe(file, layer=layer, CLIP="NO")
        down = shapely.transform(found.geometry.to_numpy(), lambda xy: xy * (1, -1) + (0, UNITS))
        return found.set_geometry(down)

    def features(self, layer, zoom):
        for tile in self.at(zoom):
            found = self.read(layer, tile)
            if found is not None:
                yield tile, found

    def table(self, query):
        with psycopg.connect(self.url) as conn:
            return conn.execute(query).fetchall()


@pytest.fixture(scope="module")
def tiles(sample_url, tmp_path_factory):
    with serve(sample_url) as client:
        yield Tiles(client, sample_url, tmp_path_factory.mktemp("tiles"))


def expected(tiles, key, zoom):
    """What of a layer is to be seen at a zoom: ids, groups and shapes in metres of Web Mercator."""
    layer = LAYERS[key]
    band = next((band for band in layer.bands if zoom <= band), 0)
    shape, joined = "here.tile_geom", ""
    if band:
        shape = "case when simple.shape_id is null then here.tile_geom else plain end"
        joined = (
            " left join (select shape_id, tile_geom as plain from generalised where"
            f" layer = '{key}' and band = {band}) as simple on simple.shape_id = here.shape_id"
        )
    conditions = [f"from_zoom <= {zoom}"]
    conditions += [f"until_zoom >= {zoom}"] * layer.banded
    conditions += ["valid_from <= current_date and valid_to > current_date"] * layer.dated
    conditions += [f"rank < coalesce((select share from thinning where layer = '{key}'"
                   f" and zoom = {zoom}), 1)"] * bool(layer.budget)  # fmt: skip
    rows = tiles.table(
        f"select id, {layer.apart or 0}::text, st_asbinary({shape})"
        f" from layer_{key} as here{joined} where {' and '.join(conditions)}"
    )
    ids, groups, shapes = zip(*rows, strict=True)
    return np.array(ids), np.array(groups), shapely.from_wkb(shapes)


def in_units(shapes, tile):
    """Shapes in metres of Web Mercator in units of a tile."""
    size = 2 * MERCATOR_HALF_M / 2**tile.z
    corner = np.array([tile.x * size - MERCATOR_HALF_M, MERCATOR_HALF_M - tile.y * size])
    return shapely.transform(shapes, lambda xy: (xy - corner) * (UNITS / size, -UNITS / size))


TILE = shapely.box(0, 0, UNITS, UNITS)


@pytest.mark.parametrize(("key", "zoom"), COVERAGES)
def test_neighbours_leave_no_gap_and_do_not_overlap(tiles, key, zoom):
    _, groups, shapes = expected(tiles, key, zoom)
    apart = LAYERS[key].apart
    for tile, found in tiles.features(key, zoom):
        for group in np.unique(groups):
            mine = found[found[apart] == group] if apart else found
            drawn = shapely.intersection(mine.geometry.to_numpy(), TILE)
            there = in_units(shapes[(groups == group) & ~shapely.is_missing(shapes)], tile)
            whole = shapely.union_all(shapely.intersection(there, shapely.buffer(TILE, 64)))
            assert overlap(drawn) <= 1, (tile, group)
            assert gap(shapely.union_all(drawn), whole) <= 1, (tile, group)


def overlap(shapes):
    """How wide, in units, shapes lie upon each other at most."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    both = shapely.intersection(shapes[one[once]], shapes[other[once]])
    return width(both)


def gap(drawn, whole):
    """How wide, in units, a part of ``whole`` is that is not drawn, or is drawn beyond it."""
    missing = shapely.difference(shapely.intersection(whole, TILE), drawn)
    return max(width(missing), width(shapely.difference(drawn, whole)))


def width(shapes):
    parts = shapely.get_parts(shapely.get_parts(shapes))
    parts = parts[shapely.area(parts) > 0]
    radii = shapely.length(shapely.maximum_inscribed_circle(parts, tolerance=0.1))
    return 2 * radii.max(initial=0)


@pytest.mark.parametrize(("key", "zoom"), EVERY)
def test_no_feature_is_lost_and_points_come_once(tiles, key, zoom):
    ids, _, shapes = expected(tiles, key, zoom)
    seen = [found["mvt_id"][inside(found)] for _, found in tiles.features(key, zoom)]
    drawn = np.concatenate(seen) if seen else np.empty(0, int)
    size = shapely.bounds(in_units(shapes, Tile(zoom, 0, 0)))
    large = np.maximum(size[:, 2] - size[:, 0], size[:, 3] - size[:, 1]) >= PIXEL
    if LAYERS[key].geometry == "point":
        assert sorted(drawn) == sorted(ids)
    else:
        assert set(drawn) <= set(ids)
        lost = set(ids[large]) - set(drawn)
        assert not lost, (len(lost), len(ids))


def inside(found):
    """Which features a tile has inside of its own edges; a point on an edge is the next tile's."""
    west, south, east, north = shapely.bounds(found.geometry.to_numpy()).T
    return (east >= 0) & (north >= 0) & (west < UNITS) & (south < UNITS)


# Of closer zooms, where the whole district would be thousands of tiles, its middle: so many a side.
SIDE = 3
ALL_ZOOMS = [(key, zoom) for key, layer in LAYERS.items()
             for zoom in range(layer.min_zoom, layer.max_zoom + 1)]  # fmt: skip


@pytest.mark.parametrize(("key", "zoom"), ALL_ZOOMS)
def test_tiles_put_together_are_the_table(tiles, key, zoom):
    """Each feature, cut at the edges of tiles and joined again, is its shape in the table."""
    west, south, east, north = tiles.box
    middle = tile_of((west + east) / 2, (south + north) / 2, zoom)
    first = Tile(zoom, middle.x - SIDE // 2, middle.y - SIDE // 2)
    drawn = together(tiles, key, first)
    ids, _, shapes = expected(tiles, key, zoom)
    shapes = in_units(shapes, first)
    # What touches the outermost edge only is drawn or not by less than a unit.
    window = shapely.box(4, 4, SIDE * UNITS - 4, SIDE * UNITS - 4)
    seen = shapely.intersects(shapes, window)
    assert seen.any() or len(ids) < 50
    assert drawn.keys() <= set(ids)
    for id_, shape in zip(ids[seen], shapes[seen], strict=True):
        found = drawn.get(id_, shapely.Point())
        there, here = shapely.intersection([shape, found], window)
        lost = shapely.difference(there, shapely.buffer(found, 1.5))
        more = shapely.difference(here, shapely.buffer(shape, 1.5))
        assert extent(lost, LAYERS[key].geometry) <= 2, (id_, "is drawn in part")
        assert extent(more, LAYERS[key].geometry) <= 2, (id_, "is drawn beyond itself")


def together(tiles, key, first):
    """The features of a square of tiles by their ids, joined, in units of its first tile."""
    parts = {}
    for x in range(SIDE):
        for y in range(SIDE):
            found = tiles._read(key, Tile(first.z, first.x + x, first.y + y))
            if found is None:
                continue
            if LAYERS[key].geometry == "point":
                found = found[inside(found)]
            inner = shapely.intersection(shapely.make_valid(found.geometry.to_numpy()), TILE)
            by = np.array([x, y]) * UNITS
            moved = shapely.transform(inner, lambda at, by=by: at + by)
            for id_, part in zip(found["mvt_id"], moved, strict=True):
                parts.setdefault(id_, []).append(part)
    return {id_: shapely.union_all(those) for id_, those in parts.items()}


def extent(shape, geometry):
    """How large, in units, a difference is: how wide, how long, or how many points."""
    if geometry == "polygon":
        return width(np.array([shape]))
    return shapely.length(shape) if geometry == "line" else 3 * shapely.count_coordinates(shape)


@pytest.mark.parametrize("key", ["blocks", "grids", "areas", "segments"])
def test_tiles_carry_the_values_to_colour_by(tiles, key):
    asked = "select unit_id, value from metric_value where key = 'incidents' and layer = "
    values = dict(tiles.table(f"{asked}'{key}'"))
    # Of small units small counts are told to nobody who has not the right to see them.
    hidden = {unit for unit, count in values.items() if key in SMALL_UNITS and 0 < count < 5}
    drawn = {}
    for tile in tiles.at(14):
        found = tiles._read(key, tile, "?metric=incidents")
        if found is not None:
            drawn |= dict(zip(found["mvt_id"], found["value"], strict=True))
    told = {unit: value for unit, value in drawn.items() if unit in values}
    assert {unit for unit, value in told.items() if math.isnan(value)} == hidden
    assert told.keys() == values.keys()
    assert all(told[unit] == values[unit] for unit in told.keys() - hidden)


WEST = (
    "st_intersection(geom, st_makeenvelope(st_xmin(geom), st_ymin(geom),"
    " (st_xmin(geom) + st_xmax(geom)) / 2, st_ymax(geom), st_srid(geom)))"
)


def test_a_changed_shape_is_drawn_at_once_and_simplified_soon(make_database, sample_url, tmp_path):
    url = make_database(sample_url)
    with psycopg.connect(url, autocommit=True) as conn, serve(url) as client:
        tiles = Tiles(client, url, tmp_path)
        block, lon, lat = conn.execute(
            "select id, st_x(p), st_y(p) from"
            " (select id, geom, st_transform(st_centroid(geom), 4326)"
            f" as p from block) as found where st_geometrytype({WEST}) = 'ST_Polygon'"
            " order by st_area(geom) desc limit 1"
        ).fetchone()
        tile = tile_of(lon, lat, 14)

        def drawn():
            found = tiles._read("blocks", tile)
            return found.geometry[found["mvt_id"] == block].to_numpy()[0]

        def shape(query):
            return in_units(shapely.from_wkb(conn.execute(query, [block]).fetchone()[0]), tile)

        before = drawn()
        conn.execute("select pg_advisory_lock(%(turn)s)", _TURN)  # nobody refreshes
        conn.execute(f"update block set geom = {WEST} where id = %s", [block])
        until(lambda: drawn() != before)
        exact = shape("select st_asbinary(tile_geom) from block where id = %s")
        assert differ(drawn(), exact) <= 1
        conn.execute("select pg_advisory_unlock_all()")
        simplified = (
            "select st_asbinary(tile_geom) from generalised"
            " where layer = 'blocks' and band = 14 and shape_id = %s"
        )
        until(lambda: conn.execute(simplified, [block]).fetchone())
        until(lambda: differ(drawn(), shape(simplified)) <= 1)


def differ(one, other):
    """How wide, in units, two shapes differ inside of the tile."""
    return width(shapely.intersection(shapely.symmetric_difference(one, other), TILE))


def until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
