"""How often the datum test is right: samples of rows, each written and declared in three datums.

    python bench/datum.py [--samples 100] [--rows 200]

For every set of rows and every pair (true datum, declared datum) it draws random samples, and
counts those judged right: another datum named, and the right one, where the declared one is
wrong; none named where it is right. Prints a table for docs/benchmarks.md. The Huangpu sets are
read from ../shared/data and left out where that is absent.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas
import numpy as np
import pandas as pd
import shapely

from geo import crs, datum, kinds, network, readers
from geo.datum import HYPOTHESES
from geo.evidence import Ground
from geo.sample import cases, files, people, shops
from geo.sample.ground import ground as sample_ground

DATA = Path(__file__).parents[2] / "shared" / "data" / "huangpu"
SRID = 4549
WRONG_LABELS = 0.03
SEED = 7


class Rows(NamedTuple):
    """A set of rows to draw from: geometry in WGS 84 degrees."""

    name: str
    kind: str
    frame: Any
    ground: Ground


def main() -> None:
    """Measure every set and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--rows", type=int, default=200)
    args = parser.parse_args()
    print("| rows | drawn from | wrong datum found | good ones without alarm | ms a sample |")
    print("|---|---|---|---|---|")
    for rows in [*_huangpu(), *_sample()]:
        start = time.perf_counter()
        found, quiet = _measure(rows, args.samples, args.rows)
        wrong, good = 6 * args.samples, 3 * args.samples
        spent = (time.perf_counter() - start) / (wrong + good) * 1000
        print(
            f"| {rows.name} | {len(rows.frame)} | {found} of {wrong} | {quiet} of {good} "
            f"| {spent:.0f} |",
            flush=True,
        )


def _measure(rows: Rows, samples: int, size: int) -> tuple[int, int]:
    rng = np.random.default_rng(SEED)
    found = quiet = 0
    for true in HYPOTHESES:
        written = rows.frame.assign(
            geometry=crs.transform_geometries(rows.frame.geometry.to_numpy(), "wgs84", true)
        )
        for _ in range(samples):
            drawn = written.iloc[rng.permutation(len(written))[:size]]
            for declared in HYPOTHESES:
                verdict = datum.of_file(
                    drawn, kinds.kind_of(rows.kind), crs.parse(declared), rows.ground
                )
                best = verdict.best if verdict else ""
                quiet += declared == true and best == ""
                found += declared != true and best == true
    return found, quiet


def _sample() -> Iterator[Rows]:
    areas = pd.concat([people.areas(), people.compounds()])[["level", "code", "name", "geometry"]]
    ways = sample_ground().ways
    surfaces = _surfaces(ways)
    extent = shapely.union_all(people.areas().geometry.to_numpy())
    ground = Ground(SRID, areas, surfaces, extent)
    shop = _degrees(shops.merchants()[[*files.MERCHANT_FIELDS, "geometry"]])
    case = _degrees(cases.incidents()[[*files.INCIDENT_FIELDS, "geometry"]])
    yield Rows("sample, merchants", "merchants", shop, ground)
    bare = shop[["编号", "店名", "geometry"]]
    yield Rows("sample, merchants with neither address nor street", "merchants", bare, ground)
    yield Rows("sample, incidents", "incidents", case, ground)
    bare = case[["案件编号", "类别", "geometry"]]
    yield Rows("sample, incidents with neither address nor street", "incidents", bare, ground)
    known = ground._replace(surfaces=surfaces.iloc[::2])
    others = _degrees(ways.iloc[1::2][["external_id", "name", "geometry"]])
    yield Rows("sample, ways where every other way is known", "ways", others, known)
    homes = _degrees(people.compounds()[["code", "name", "geometry"]])
    known = ground._replace(areas=people.areas()[areas.columns])
    yield Rows("sample, compounds where ways and areas are known", "compounds", homes, known)


def _huangpu() -> Iterator[Rows]:
    if not DATA.is_dir():
        print(f"({DATA.name}: no data there, left out)")
        return
    streets = geopandas.read_file(DATA / "streets.geojson").to_crs(SRID).assign(level="street")
    areas = streets[["level", "code", "name", "geometry"]]
    extent = shapely.union_all(areas.geometry.to_numpy())
    roads = readers.read(DATA / "roads_north.osm").frame
    metric = roads[roads["kind"] == "road"].to_crs(SRID)
    ground = Ground(SRID, areas, _surfaces(metric.explode(ignore_index=True)), extent)
    pois = pd.read_csv(DATA / "pois_bd09.csv")
    x, y = crs.transform_points(pois["lng"], pois["lat"], "bd09", "wgs84")
    pois = geopandas.GeoDataFrame(pois[["category", "name"]], geometry=shapely.points(x, y))
    at = pois.geometry.set_crs(4326).to_crs(SRID).to_numpy()
    street = _street_of(at, areas)
    own = pois[street != ""]
    yield Rows("Huangpu, shops", "merchants", own, ground)
    beyond = pois[shapely.dwithin(extent, at, 3000)]
    yield Rows("Huangpu and 3 km around it, shops", "merchants", beyond, ground)
    yield Rows(
        "Huangpu, shops with their street",
        "merchants",
        own.assign(街道=street[street != ""]),
        ground,
    )
    homes = geopandas.read_file(DATA / "compounds_shanghai.geojson").to_crs(SRID)
    homes = homes[shapely.intersects(extent, homes.geometry.to_numpy())]
    homes = homes.assign(level="compound", code=homes["id"].astype(str), name="")
    known = ground._replace(
        areas=pd.concat([areas, homes[areas.columns]]), surfaces=ground.surfaces.iloc[:0]
    )
    yield Rows(
        "Huangpu, ways where compounds are known", "ways", roads[["name", "geometry"]], known
    )
    outlines = _degrees(homes[["code", "geometry"]])
    yield Rows("Huangpu, compounds where ways are known", "compounds", outlines, ground)


def _street_of(points: Any, areas: Any) -> Any:
    """The street each point lies in, '' outside, some of them wrong as in any register."""
    names = areas["name"].to_numpy(dtype=object)
    street = np.full(len(points), "", dtype=object)
    at, area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="within")
    street[at] = names[area]
    rng = np.random.default_rng(SEED)
    wrong = (rng.random(len(points)) < WRONG_LABELS) & (street != "")
    street[wrong] = rng.choice(names, int(wrong.sum()))
    return street


def _surfaces(ways: Any) -> Any:
    """Surfaces of the network that the ways make, as the database holds them."""
    width = ways["width_m"] if "width_m" in ways else pd.Series(np.nan, ways.index)
    width = width.fillna(ways["class"].map(network.WIDTH_M)).fillna(network.OTHER_WIDTH_M)
    level = pd.to_numeric(ways.get("level", ways.get("layer")), errors="coerce").fillna(0)
    made = ways.assign(width_m=width.astype(float), level=level.astype(int))
    segments = network.build_network(made).segments
    return geopandas.GeoDataFrame(
        {"kind": segments["kind"], "name": segments["road_name"]},
        geometry=network.surfaces(segments),
        crs=SRID,
    )


def _degrees(frame: Any) -> Any:
    return frame.to_crs(4326)


if __name__ == "__main__":
    main()
