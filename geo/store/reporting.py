"""What a report is made of, read from the database at one moment."""

from datetime import date, timedelta
from hashlib import blake2b

import pandas as pd
import psycopg

from geo.reporting.indicators import RECUR_DAYS
from geo.reporting.material import Material, Plan, with_units
from geo.reporting.periods import Period, span_of
from geo.store import changes, covered, load_rules, loads
from geo.store.covered import Asked
from geo.store.database import Setting, read_setting
from geo.store.queries import load
from geo.store.staging import Params, read_frame, read_table

QUERIES = load("reporting")
# The layers that a report is made of, as the log of changes names them.
SOURCES = (
    "incidents",
    "blocks",
    "areas",
    "grids",
    "assignments",
    "segments",
    "duties",
    "acts",
    "merchants",
)
TIMES = ("reported_at", "due_at", "handled_at", "closed_at")


# More than this would take gigabytes of memory.
MOST_CASES = 1_000_000


class NoSuchSystem(ValueError):
    """No grid system has this code."""


class TooManyCases(ValueError):
    """The period has more cases than one report can hold."""


class NoSuchPlan(ValueError):
    """No plan has this number or name."""


def newest(conn: psycopg.Connection) -> date:
    """The day of the newest incident, which periods are reckoned from; today where that is none.

    An incident after today does not count.
    """
    setting = read_setting(conn)
    today: date = pd.Timestamp.now(tz=setting.time_zone).date()
    row = conn.execute(QUERIES["newest"], {"time_zone": setting.time_zone}).fetchone()
    day: date | None = row[0] if row else None
    return min(day, today) if day else today


def read_material(conn: psycopg.Connection, period: Period, system: str | None = None) -> Material:
    """The frames of a report on ``period``; units, plans and duties are those of its last day.

    Cases reach back to the period before, and further by the days in which a case can recur; those
    of the same period a year before are read too.
    ``system`` names the grid system (default: management, or the first that has a plan). ``conn``
    should see one moment (`geo.store.database.snapshot`). Raises `NoSuchSystem`, `TooManyCases`.
    """
    setting = read_setting(conn)
    day: Params = {"day": period.last}
    plan = _plan_in_force(conn, setting.srid, system, period.last)
    blocks = read_frame(conn, QUERIES["blocks"], day, srid=setting.srid).set_index("id")
    rule = load_rules.rule_of(conn)
    weighed = loads.of_blocks(conn, rule, period.last, blocks.index.tolist()).blocks
    blocks["load"] = weighed["load"].reindex(blocks.index) / 60
    blocks["grid"] = plan.of_block.reindex(blocks.index) if plan else None
    sides = covered.read(conn, Asked(on=period.last)).sides.rename(columns={"paper_m": "duty_m"})
    segments = read_frame(conn, QUERIES["segments"], srid=setting.srid)
    duty_m = sides.groupby("segment_id")["duty_m"].sum()
    revisions = _revisions(conn)
    reach = Period(period.before.since - timedelta(days=RECUR_DAYS), period.until)
    return Material(
        district=setting.name,
        srid=setting.srid,
        time_zone=setting.time_zone,
        revision=blake2b(repr(sorted(revisions.items())).encode(), digest_size=6).hexdigest(),
        revisions=revisions,
        day=period.last,
        cases=with_units(_cases(conn, reach, setting), blocks),
        year_ago=with_units(_cases(conn, period.year_before, setting), blocks),
        blocks=blocks,
        areas=read_frame(conn, QUERIES["areas"], srid=setting.srid),
        segments=segments.assign(duty_m=duty_m.reindex(segments["id"]).fillna(0.0).to_numpy()),
        sides=sides,
        water=read_frame(conn, QUERIES["water"], srid=setting.srid),
        plan=plan,
        rule=rule.key,
    )


def read_plan(conn: psycopg.Connection, wanted: str) -> Plan:
    """A plan by its number or its name, whatever its status; raises `NoSuchPlan`."""
    row = conn.execute(QUERIES["plan"], {"plan": wanted}).fetchone()
    if row is None:
        there = ", ".join(f"{n} {name}" for n, name in conn.execute(QUERIES["plans"]))
        raise NoSuchPlan(f"there is no plan {wanted!r}; there are: {there or 'none'}")
    return _plan(conn, row, read_setting(conn).srid)


def _plan_in_force(
    conn: psycopg.Connection, srid: int, system: str | None, day: date
) -> Plan | None:
    if system is None:
        first = conn.execute(QUERIES["first_system"]).fetchone()
        if first is None:
            return None
        system = first[0]
    elif conn.execute(QUERIES["system"], {"system": system}).fetchone() is None:
        raise NoSuchSystem(f"there is no grid system {system!r}")
    row = conn.execute(QUERIES["plan_in_force"], {"system": system, "day": day}).fetchone()
    return _plan(conn, row, srid) if row else None


def _plan(conn: psycopg.Connection, row: tuple[object, ...], srid: int) -> Plan:
    plan, name, system = row
    held: dict[int, str] = dict(conn.execute(QUERIES["assignment"], {"plan": plan}).fetchall())
    grids = read_frame(conn, QUERIES["grids"], {"plan": plan}, srid=srid)
    return Plan(str(name), str(system), pd.Series(held, dtype=object, name="grid"), grids)


def _cases(conn: psycopg.Connection, period: Period, setting: Setting) -> pd.DataFrame:
    """Cases that were open at some time of the period."""
    start, end = span_of(period, setting.time_zone)
    params = {"since": start.to_pydatetime(), "until": end.to_pydatetime(), "most": MOST_CASES + 1}
    frame = read_table(conn, QUERIES["cases"], params)
    if len(frame) > MOST_CASES:
        raise TooManyCases(
            f"from {period.since} to {period.last} there are more than {MOST_CASES:,} cases:"
            " ask for a shorter period (the one before it is read too)"
        )
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(setting.time_zone)
    return frame


def _revisions(conn: psycopg.Connection) -> dict[str, str]:
    found = changes.revisions(conn)
    return {source: found[source] for source in SOURCES}
