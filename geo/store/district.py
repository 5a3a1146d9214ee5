"""The district itself: made once, with its metric CRS."""

import psycopg

from geo import crs
from geo.store.database import NoDistrict, Setting, read_setting, transaction
from geo.store.migrate import migrate
from geo.store.queries import load

QUERIES = load("setting")


class DistrictExists(ValueError):
    """The database holds another district already."""


def init(url: str, setting: Setting) -> list[str]:
    """Makes the schema in the database at ``url`` and writes the district's settings.

    Can be called again: settings other than the CRS are updated. Returns the migrations applied
    now. Raises `geo.crs.NotMetres` or `DegreesError` for a CRS that measures no metres, `WrongSrid`
    where the database was made for another CRS, `DistrictExists` where it holds another district.
    """
    crs.require_metric(f"EPSG:{setting.srid}")
    applied = migrate(url, setting.srid)
    with transaction(url) as conn:
        check_same(conn, setting)
        conn.execute(QUERIES["put"], setting._asdict())
    return applied


def check_same(conn: psycopg.Connection, wanted: Setting) -> None:
    """Raises `DistrictExists` where the database holds another district than ``wanted``."""
    try:
        held = read_setting(conn)
    except NoDistrict:
        return
    if held.code != wanted.code:
        raise DistrictExists(
            f"this database holds {held.name} ({held.code or 'no code'}): another district wants"
            " another database (LUGE_HOME or LUGE_DATABASE_URL)"
        )
