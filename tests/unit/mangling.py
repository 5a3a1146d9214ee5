"""Files of every format, damaged: what the readers must survive.

``mangled()`` is a hypothesis strategy of (suffix, bytes); ``survive`` reads and judges one such
file and holds it to the law: an error of our own that tells a person what is wrong, or every row in
exactly one of accepted and rejected.
"""

import gzip
import io
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import geopandas
import pandas as pd
import pyogrio
import shapely
from hypothesis import strategies as st

from geo import crs, portions, readers
from geo.intake import District, Wishes, accept
from geo.kinds import AREAS, INCIDENTS, MERCHANTS, WAYS

LON, LAT = 121.4737, 31.2304
X, Y = (float(v) for v in crs.transform_points(LON, LAT, "wgs84", 4549))
HERE = District(4549, shapely.box(X - 5000, Y - 5000, X + 5000, Y + 5000))
KINDS = (
    (MERCHANTS, {}),
    (INCIDENTS, {"class": "市容", "reported_at": "2024-03-05"}),
    (WAYS, {}),
    (AREAS, {"level": "community", "code": "x"}),
)
TABLE = pd.DataFrame(
    {
        "编号": ["a", "b", "c"],
        "店名": ["南京东路茶庄", '"外滩", 面馆', "=1+1"],
        "上报时间": ["2024-03-05 08:15", "2024年3月6日", "45000.5"],
        "星级": ["3", "４", "1,5"],
        "经度": [LON, LON + 0.01, LON - 0.01],
        "纬度": [LAT, LAT + 0.01, LAT - 0.01],
    }
)
SQUARE = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
SHAPES = [
    SQUARE,
    shapely.MultiPolygon([SQUARE, shapely.box(LON - 0.01, LAT, LON - 0.005, LAT + 0.01)]),
    shapely.LineString([(LON, LAT), (LON + 0.01, LAT + 0.01)]),
]
OSM = """<osm version="0.6"><node id="1" lon="121.47" lat="31.23"/>
<node id="2" lon="121.48" lat="31.23"/><way id="10"><nd ref="1"/><nd ref="2"/>
<tag k="highway" v="primary"/><tag k="name" v="延安高架路"/><tag k="layer" v="1"/></way></osm>"""
TOKENS = (
    b"", b"\0", b'"', b"\r\n", b"\n", b",", b"nan", b"-inf", b"1e999", b"9" * 40, b"null", b"[]",
    b"{}", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff\xff\xff\xff", b"\x80", b"\xed\xa0\x80", b"../",
    b"POINT EMPTY", b"CIRCULARSTRING(0 0,1 1,2 0)", b'r="XFD1048576"', b"GeometryCollection",
    b"\xe5\x90\x88\xe8\xae\xa1", b"9999-12-31 23:59", b"0001-01-01", b"+99:99", b"EPSG:0",
)  # fmt: skip


@cache
def seeds() -> dict[str, tuple[bytes, ...]]:
    """Good files by suffix."""
    text = TABLE.to_csv(index=False)
    places = shapely.points(TABLE["经度"], TABLE["纬度"])
    points = geopandas.GeoDataFrame(TABLE, geometry=places, crs=4326)
    shapes = geopandas.GeoDataFrame({"code": ["a", "b", "c"]}, geometry=SHAPES, crs=4326)
    wkt = shapes.assign(wkt=[s.wkt for s in SHAPES])[["code", "wkt"]].to_csv(index=False)
    with tempfile.TemporaryDirectory() as folder:
        made = {s: _written(Path(folder, "a" + s), points) for s in (".gpkg", ".fgb", ".xlsx")}
        geojson = [
            _written(Path(folder, f"{k}.geojson"), f) for k, f in enumerate((points, shapes))
        ]
        parquet = [Path(folder, f"{k}.parquet") for k in range(2)]
        points.to_parquet(parquet[0])
        TABLE.to_parquet(parquet[1])
        made[".parquet"] = [path.read_bytes() for path in parquet]
        pyogrio.write_dataframe(shapes[2:], Path(folder, "shape.shp"), encoding="GBK")
        made[".zip"] = _packed({p.name: p.read_bytes() for p in Path(folder).glob("shape.*")})
    return {
        **{s: tuple(f) if isinstance(f, list) else (f,) for s, f in made.items()},
        ".csv": (*(text.encode(e) for e in ("utf-8-sig", "gb18030", "utf-16")), wkt.encode()),
        ".tsv": (text.replace(",", "\t").encode(),),
        ".csv.gz": (gzip.compress(text.encode()),),
        ".geojson": tuple(geojson),
        ".geojson.gz": (gzip.compress(geojson[0]),),
        ".osm": (OSM.encode(),),
        ".pbf": (b"\0\0\0\r\n\tOSMHeader\x18\x1c" + OSM.encode(),),
        ".xls": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504),),
    }


@st.composite
def mangled(draw):
    """A suffix, and the content of a file of that kind with one to six things done to it."""
    suffix = draw(st.sampled_from(sorted(seeds())))
    content = draw(st.sampled_from(seeds()[suffix]))
    if draw(st.integers(0, 9)) == 0:  # a file under another's name
        suffix = draw(st.sampled_from(sorted(seeds())))
    if content[:2] == b"PK" and draw(st.booleans()):
        return suffix, _inside_zip(draw, content)
    if content[:2] == b"\x1f\x8b" and draw(st.booleans()):
        return suffix, gzip.compress(_damaged(draw, gzip.decompress(content)))
    return suffix, _damaged(draw, content)


def survive(suffix: str, content: bytes, folder: Path) -> str:
    """Read and judge one file; returns what became of it. Raises what is no error of ours."""
    path = folder / ("file" + suffix)
    path.write_bytes(content)
    try:
        source = readers.read(path)
    except ValueError as error:
        _streamed(path)
        return _ours(error)
    streamed = _streamed(path)
    assert streamed is None or streamed == _rows(source)
    for kind, constants in KINDS:
        for declared in (None, "wgs84", "bd09"):
            try:
                taken = accept(source, kind, HERE, Wishes(declared, constants=constants))
            except ValueError as error:
                _ours(error)
                continue
            accounted = {*taken.rows["_row"], *taken.rejects["row"]}
            assert accounted == _rows(source)
            assert not {*taken.rows["_row"]} & {*taken.rejects["row"]}
            assert (taken.rejects["reason"] != "").all()
            assert shapely.is_valid(taken.rows.geometry.to_numpy()).all()
    return "read"


def _streamed(path: Path) -> set[int] | None:
    """The rows of the file read in portions of two as a large one is, None where it cannot be."""
    whole, portions.WHOLE_BYTES = portions.WHOLE_BYTES, 0
    try:
        return set().union(*(_rows(part.source) for part in portions.read(path, rows=2)))
    except ValueError as error:
        _ours(error)
        return None
    finally:
        portions.WHOLE_BYTES = whole


def _rows(source: readers.Source) -> set[int]:
    return {*source.frame["_row"], *source.unread["_row"]}


def _ours(error: ValueError) -> str:
    if not type(error).__module__.startswith("geo."):
        raise error
    assert str(error)
    return type(error).__name__


def _inside_zip(draw, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    parts[name] = _damaged(draw, parts[name])
    if draw(st.integers(0, 9)) == 0:
        del parts[draw(st.sampled_from(sorted(parts)))]
    return _packed(parts)


def _damaged(draw, content: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(content) - 1, 0)))
        size = draw(st.integers(0, 16))
        put = draw(st.one_of(st.binary(max_size=4), st.sampled_from(TOKENS), st.just(None)))
        if put is None:  # repeat what stands there
            put = content[at : at + size] * 2
        content = content[:at] + put + content[at + size :]
    return (
        content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 9)) == 0 else content
    )


def _written(path: Path, frame) -> bytes:
    if path.suffix == ".xlsx":
        frame = frame.drop(columns="geometry")
    options = {"SPATIAL_INDEX": "NO"} if path.suffix == ".fgb" else {}
    pyogrio.write_dataframe(frame, path, **options)
    return path.read_bytes()


def _packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()
