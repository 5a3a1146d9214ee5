"""Every error leaves as an RFC 9457 problem: ``application/problem+json``, for people to read."""

import logging
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api import contract
from api.logs import REQUEST_ID
from api.ogc.faults import BadParameter, NoSuchCollection, NotAcceptable, NoTileThere
from geo.cases import NoSuchAction
from geo.conditions import BadFilter
from geo.containers import EmptyFile, TooLarge, Unreadable
from geo.crs import OutsideChina, UnknownCrs
from geo.cutting import CannotCut, CannotJoin
from geo.duties import BadDays, NoSuchRole
from geo.editing import CannotEdit
from geo.exporting.formats import TooManyRows, UnknownFormat
from geo.fields import MissingField
from geo.kinds import UnknownKind
from geo.load import BadWeights
from geo.plan import WrongStep
from geo.reporting.material import NoSuchStreet
from geo.reporting.periods import PeriodUnusable
from geo.rosters import UnknownTable
from geo.rotas import BadRota
from geo.ruler import NotOnEarth
from geo.rules import BadLimits
from geo.store.bodies import BodyExists, HasHead, ItemChanged, NoSuchBody
from geo.store.cases import CaseChanged, CaseMoved, KeyReused, NoSuchCase, OutsideDistrict
from geo.store.chiefs import BadDeputy, ChiefExists, NoSuchLeave, OnLeave
from geo.store.covered import NoSuchThing
from geo.store.database import NO_DATABASE, NOT_KEPT, TOO_LONG, NoDistrict
from geo.store.drafts import (
    DayPassed,
    DutiesChanged,
    NoSuchDraft,
    NotReady,
    PostTaken,
    VacantPost,
)
from geo.store.duties import MetresHeld, NoSuchChief, NoSuchDuty, NoSuchSide
from geo.store.editing import NoSuchSegment, SegmentChanged
from geo.store.exporting import NoSuchLayer
from geo.store.features import NoSuchFeature
from geo.store.jobs import FileGone, JobBusy, NoSuchJob
from geo.store.live import NoSuchArea
from geo.store.load_rules import NoSuchRule
from geo.store.loads import NoSuchUnits
from geo.store.patrols import NoSuchMerchant, NoSuchPatrol, WrongClock
from geo.store.plan_comments import NoSuchComment
from geo.store.proposals import NoSuchProposal, ProposalNotReady, ProposalOvertaken
from geo.store.publishing import CannotWithdraw, DayUnusable, PlanOvertaken, RulesBroken
from geo.store.redrawing import DraftChanged, PlanFrozen, UnknownPlan, UnknownSystem
from geo.store.reporting import NoSuchPlan, NoSuchSystem, TooManyCases
from geo.store.reruns import NothingToCompare
from geo.store.rotas import NoSuchRota, RotaExists
from geo.store.shares import UnknownChief
from geo.store.stations import NoReach, NoSuchStation, NothingToGain
from geo.store.strokes import (
    GridInUse,
    GridLocked,
    NothingToUndo,
    UnknownBlock,
    UnknownGrid,
    UnknownParent,
)
from geo.store.tiles import NoSuchTile
from geo.store.uploads import BadName
from geo.stretches import NotUnderstood
from geo.tiers import TargetUnreadable
from maps.report.assets import NotInstalled
from maps.report.printing import NoBrowser, NotPrinted

log = logging.getLogger("luge")

# Our errors say in their message what to do; this says whose turn it is.
STATUS = {
    UnknownCrs: 400,
    OutsideChina: 400,
    UnknownKind: 400,
    UnknownFormat: 400,
    TooManyRows: 400,
    BadFilter: 400,
    BadName: 400,
    NoSuchTile: 400,
    PeriodUnusable: 400,
    NoSuchStreet: 400,
    NoSuchPlan: 400,
    NothingToCompare: 400,
    NoSuchThing: 400,
    NoSuchSystem: 400,
    TooManyCases: 400,
    NoSuchLayer: 404,
    NoSuchRule: 400,
    NoSuchUnits: 400,
    BadWeights: 400,
    BadLimits: 400,
    DayPassed: 400,
    UnknownChief: 400,
    NoSuchStation: 404,
    NoReach: 400,
    NothingToGain: 400,
    TargetUnreadable: 400,
    BadParameter: 400,
    NoSuchAction: 400,
    OutsideDistrict: 400,
    BadDays: 400,
    BadDeputy: 400,
    BadRota: 400,
    NoSuchRole: 400,
    EmptyFile: 400,
    MissingField: 400,
    TooLarge: 400,
    UnknownTable: 400,
    Unreadable: 400,
    NotUnderstood: 400,
    NotOnEarth: 400,
    WrongClock: 400,
    DayUnusable: 400,
    UnknownBlock: 400,
    UnknownParent: 400,
    UnknownSystem: 400,
    NoSuchArea: 404,
    NoSuchBody: 404,
    NoSuchCase: 404,
    NoSuchComment: 404,
    NoSuchChief: 404,
    NoSuchDuty: 404,
    NoSuchLeave: 404,
    NoSuchRota: 404,
    NoSuchSegment: 404,
    NoSuchSide: 404,
    NoSuchJob: 404,
    NoSuchMerchant: 404,
    NoSuchPatrol: 404,
    NoSuchDraft: 404,
    NoSuchProposal: 404,
    NoSuchCollection: 404,
    NoSuchFeature: 404,
    NoTileThere: 404,
    UnknownGrid: 404,
    UnknownPlan: 404,
    NotAcceptable: 406,
    JobBusy: 409,
    NotReady: 409,
    VacantPost: 409,
    PostTaken: 409,
    DutiesChanged: 409,
    BodyExists: 409,
    CannotCut: 409,
    CannotEdit: 409,
    CannotJoin: 409,
    CaseMoved: 409,
    ChiefExists: 409,
    HasHead: 409,
    MetresHeld: 409,
    OnLeave: 409,
    RotaExists: 409,
    GridInUse: 409,
    GridLocked: 409,
    NothingToUndo: 409,
    PlanFrozen: 409,
    PlanOvertaken: 409,
    CannotWithdraw: 409,
    ProposalNotReady: 409,
    ProposalOvertaken: 409,
    RulesBroken: 409,
    WrongStep: 409,
    FileGone: 410,
    CaseChanged: 412,
    DraftChanged: 412,
    ItemChanged: 412,
    SegmentChanged: 412,
    KeyReused: 422,
    NoBrowser: 501,
    NoDistrict: 503,
    NotInstalled: 503,
    NotPrinted: 503,
}


RETRY_AFTER_S = "5"


class Problem(Response):
    """A problem in the sense of RFC 9457; ``type`` is about:blank, so the title is the status's.

    It carries the id of its request, and a 503 says when to ask again.
    """

    media_type = "application/problem+json"

    def __init__(self, status: int, detail: str, **more: object) -> None:
        body = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
            **more,
        }
        if id_ := REQUEST_ID.get():
            body["request_id"] = id_
        headers = {"Retry-After": RETRY_AFTER_S} if status == 503 else None
        super().__init__(orjson.dumps(body), status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Let ``app`` answer every error with a problem."""
    for kind in STATUS:
        app.add_exception_handler(kind, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TOO_LONG, _too_long)
    app.add_exception_handler(NOT_KEPT, _not_kept)
    for kind in NO_DATABASE:
        app.add_exception_handler(kind, _no_database)


async def _ours(request: Request, error: Exception) -> Response:
    more: dict[str, object] = {}
    if isinstance(error, CaseMoved):
        more = {"now": error.now}
    if isinstance(error, MetresHeld):
        more = {"holders": error.holders}
    if isinstance(error, DraftChanged):
        more = {"version": error.version, "strokes": error.strokes}
    if isinstance(error, RulesBroken):
        more = error.told
    return Problem(STATUS[type(error)], str(error), **more)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class only)
    faults = [
        {
            "where": ".".join(map(str, fault["loc"])),
            "what": fault["msg"].removeprefix("Value error, "),
        }
        for fault in error.errors()
    ]
    detail = "; ".join(f"{fault['where']}: {fault['what']}" for fault in faults)
    return Problem(422, detail, errors=faults)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class only)
    detail = str(error.detail)
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = f"there is nothing at {request.url.path}"
    response = Problem(error.status_code, detail)
    response.headers.update(error.headers or {})
    if error.status_code == 405 and (allowed := contract.methods(request.app, request.url.path)):
        response.headers["Allow"] = ", ".join(allowed)
    return response


async def _too_long(request: Request, error: Exception) -> Response:
    log.warning("a statement took too long and was cancelled")
    return Problem(503, "the database took too long to answer; try again or ask for less")


async def _not_kept(request: Request, error: Exception) -> Response:
    if "NUL" not in str(error):
        raise error
    return Problem(422, "a text holds the character NUL, which cannot be kept: take it out")


async def _no_database(request: Request, error: Exception) -> Response:
    log.error("no connection to the database: %s", error)
    return Problem(503, "the database does not answer; `luge db status` says whether it runs")


def unexpected() -> Problem:
    """What is said of an error that nobody foresaw; its own text may hold internals."""
    return Problem(500, "something went wrong on the server; its log has the details")
