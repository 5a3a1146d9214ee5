"""The district itself: made once, with its metric CRS."""

import re
from zoneinfo import available_timezones

import psycopg

from geo import crs
from geo.store.database import NoDistrict, Setting, read_setting, transaction
from geo.store.migrate import migrate
from geo.store.queries import load

QUERIES = load("setting")


class DistrictExists(ValueError):
    """The database holds another district already."""


class BadSetting(ValueError):
    """A district's code or time zone that cannot be one."""


def init(url: str, setting: Setting) -> list[str]:
    """Makes the schema in the database at ``url`` and writes the district's settings.

    Can be called again: settings other than the CRS are updated. Returns the migrations applied
    now. Raises `geo.crs.NotMetres` or `DegreesError` for a CRS that measures no metres,
    `BadSetting` for a code or time zone that cannot be, `WrongSrid` where the database was made
    for another CRS, `DistrictExists` where it holds another district.
    """
    _check(setting)
    applied = migrate(url, setting.srid)
    with transaction(url) as conn:
        check_same(conn, setting)
        conn.execute(QUERIES["put"], setting._asdict())
    return applied


def _check(setting: Setting) -> None:
    crs.require_metric(f"EPSG:{setting.srid}")
    if setting.code and not re.fullmatch("[0-9]{6}", setting.code):
        raise BadSetting(f"the division code has 6 digits, such as 310101, not {setting.code!r}")
    if setting.time_zone not in available_timezones():
        raise BadSetting(f"there is no time zone {setting.time_zone!r}; Asia/Shanghai is one")


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
