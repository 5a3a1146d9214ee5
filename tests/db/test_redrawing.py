"""Plans redrawn on copies of the sample district: strokes, publishing, blocks cut and joined."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest
import shapely

from geo.cutting import CannotCut, CannotJoin
from geo.store import checking, cutting, linking, publishing, redrawing, strokes
from geo.store.database import LOCAL, transaction
from geo.store.publishing import DayUnusable, PlanOvertaken, RulesBroken, Step
from geo.store.redrawing import DraftChanged, PlanFrozen, UnknownPlan, UnknownSystem, Wish
from geo.store.strokes import By, GridInUse, GridLocked, NothingToUndo, UnknownBlock, UnknownGrid

TODAY = date.today()
TOMORROW = TODAY + timedelta(days=1)
POINTS = "select '{0}', id, xmin::text::bigint, block_id from {0}"


@pytest.fixture(scope="module")
def own(sample_url, make_module_database):
    return make_module_database(sample_url)


@pytest.fixture
def conn(own):
    """A transaction on the sample district that leaves nothing behind."""
    with transaction(own) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def draft(conn):
    return redrawing.make(conn, Wish("management", "试画"))


def numbers(conn, plan):
    found = redrawing.read_blocks(conn, plan)
    return dict(zip(found["id"], found["number"], strict=True))


def approved(conn, plan):
    for status in ("submitted", "approved"):
        publishing.take_step(conn, plan, None, Step(status))
    return plan


def publish(conn, plan, start=TOMORROW):
    publishing.take_step(conn, approved(conn, plan), None, Step("published", start=start))


def border_block(conn, plan):
    """A block that can go from its grid to a neighbour's of the same area, and that number."""
    return conn.execute(
        """select d.block_id, e.number
        from draft_block d join block b on b.id = d.block_id
        join draft_block e on e.plan_id = d.plan_id and e.number <> d.number
        join block c on c.id = e.block_id and c.area_id = b.area_id
             and st_length(st_intersection(b.geom, c.geom)) > 5
        where d.plan_id = %s
          and (select count(*) from draft_block where plan_id = d.plan_id and number = d.number) > 2
        order by 1, 2""",
        [plan],
    ).fetchall()


def one_that_may_move(conn, plan):
    """The same, of those that leave both grids whole."""
    for block, number in border_block(conn, plan):
        with conn.transaction() as saved:
            strokes.paint(conn, plan, {block: number}, By())
            try:
                approved(conn, plan)
                publishing.take_step(conn, plan, None, Step("published", start=TOMORROW))
            except RulesBroken:
                continue
            finally:
                raise psycopg.Rollback(saved)
        return block, number
    raise AssertionError
