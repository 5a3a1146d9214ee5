"""Made-up districts for reports: cases, blocks, roads and grids small enough to reckon by hand."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.reporting.material import Material, Plan
from geo.reporting.periods import Period

ZONE = "Asia/Shanghai"
SRID = 4549
PERIOD = Period(date(2026, 6, 8), date(2026, 6, 15))
CLASSES = ["垃圾暴露", "违法停车", "路灯故障"]
STATUSES = ["reported", "handling", "handled", "closed", "cancelled"]
STREETS = {"319901001000": "甲街道", "319901002000": "乙镇"}


def moments(days):
    """Times of the district, so many days (NaN: none) after a day before the period."""
    start = pd.Timestamp("2026-05-25", tz=ZONE)
    times = [start + pd.Timedelta(days=d) if d == d else pd.NaT for d in days]
    return pd.Series(pd.to_datetime(times, utc=True)).dt.tz_convert(ZONE).dt.as_unit("us")


def cases_of(rows):
    """Cases from (class, status, reported, due, handled, closed, block, metres along); days."""
    names = ["class", "status", "reported", "due", "handled", "closed", "block_id", "at_m"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("reported", "due", "handled", "closed"):
        frame[f"{name}_at"] = moments(frame.pop(name).astype(float))
    along = frame.pop("at_m").astype(float)
    return frame.assign(
        code=[f"AJ{n}" for n in range(len(frame))],
        address=[f"东路{n}号" for n in range(len(frame))],
        road="东路", segment_id=1, side="L", chainage_m=along, x=500_000 + along, y=3_400_000.0,
        dispatched=False, bounced=False, reworked=False,
    )  # fmt: skip


def blocks():
    """Eight blocks of 100 m in two rows; the lower row is one street, the upper the other."""
    codes = list(STREETS)
    corners = [(500_000 + 100 * (k % 4), 3_400_000 + 100 * (k // 4)) for k in range(8)]
    shapes = [shapely.box(x, y, x + 100, y + 100) for x, y in corners]
    street = [codes[k // 4] for k in range(8)]
    return gpd.GeoDataFrame(
        {"households": [100 * (k + 1) for k in range(8)], "people": 10, "merchants": 1,
         "load": [2.0 * (k + 1) for k in range(8)],
         "community": [code[:-1] + "1" for code in street], "street": street,
         "grid": [f"G{k // 2}" for k in range(8)]},
        geometry=shapes, crs=SRID, index=pd.RangeIndex(1, 9, name="id"),
    )  # fmt: skip


def plan_of(grids, name="方案"):
    """A plan that puts block n (from 1) into the grid ``grids[n - 1]``."""
    held = pd.Series(dict(enumerate(grids, 1)), dtype=object)
    ground = blocks()
    shapes = ground.geometry.groupby(held).agg(lambda s: shapely.union_all(s.to_numpy()))
    frame = gpd.GeoDataFrame(
        {"code": shapes.index, "name": [f"{code} 网格" for code in shapes.index]},
        geometry=shapes.to_numpy(), crs=SRID,
    )  # fmt: skip
    return Plan(name, "management", held, frame)


def areas():
    ground = blocks()
    rows = [
        ("319901000000", "试验区", "district", None, shapely.union_all(ground.geometry.to_numpy()))
    ]
    for code, name in STREETS.items():
        shape = shapely.union_all(ground.geometry[ground["street"] == code].to_numpy())
        rows.append((code, name, "street", "319901000000", shape))
        rows.append((code[:-1] + "1", f"{name}社区", "community", code, shape))
    names = ["code", "name", "level", "parent", "geometry"]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, columns=names), crs=SRID)
    return frame.assign(households=np.nan, workers=[np.nan, np.nan, 1.0, np.nan, 9.0])


def segments():
    lines = [
        shapely.LineString([(500_000, 3_400_000 + y), (500_400, 3_400_000 + y)])
        for y in (0, 100, 200)
    ]
    return gpd.GeoDataFrame(
        {"road": ["东路", "西路", None], "kind": "road",
         "class": ["primary", "residential", "lane"], "from_zoom": [9, 13, 14],
         "length_m": 400.0, "duty_m": [800.0, 0.0, 200.0],
         "street": [*STREETS, list(STREETS)[1]]},
        geometry=lines, crs=SRID,
    )  # fmt: skip


def sides():
    """Both sides of `segments`, a half of whatever is lived on."""
    rows = segments().drop(columns="geometry")
    half = rows.assign(side_m=rows["length_m"], duty_m=rows["duty_m"] / 2)
    half = half.assign(lived_m=half["duty_m"] / 2, hollow_m=half["duty_m"] / 4)
    return pd.concat([half, half], ignore_index=True)


def material(cases, **other):
    """A district with ``cases`` (`cases_of`), each in its block."""
    ground = blocks()
    units = ground[["community", "street", "grid"]].reindex(cases["block_id"])
    cases = cases.assign(**{name: units[name].to_numpy() for name in units})
    water = gpd.GeoDataFrame(geometry=[], crs=SRID)
    plan = plan_of([f"G{k // 2}" for k in range(8)])
    return Material(
        "试验区", SRID, ZONE, "abc", {"incidents": "1"}, PERIOD.last, cases, ground, areas(),
        segments(), sides(), water, plan,
    )._replace(**other)  # fmt: skip
