"""The declared metrics: what units of a layer can be coloured by."""

from typing import NamedTuple

from geo.discretion import LEAST

# Units so small that a count of few cases in one speaks of single people.
SMALL_UNITS = ("blocks", "segments")


class Metric(NamedTuple):
    """A value that units of ``layers`` can be coloured by.

    Where ``least`` is set, numbers from 1 to below it are, in units of `SMALL_UNITS`, for those
    only who may see small counts; others get values from which such a count could be worked out in
    multiples of ``step``.
    """

    key: str
    zh: str
    en: str
    unit: str
    layers: tuple[str, ...]
    least: int = 0
    step: float = 0


UNITS = ("areas", "grids", "blocks")
METRICS = (
    Metric("incidents", "事件数", "Incidents", "件", (*UNITS, "segments"), LEAST),
    Metric("incidents_open", "未结事件数", "Open incidents", "件", (*UNITS, "segments"), LEAST),
    Metric("merchants", "商户数", "Merchants", "家", (*UNITS, "segments")),
    Metric("households", "户数", "Households", "户", UNITS),
    Metric("load", "负荷", "Load, minutes a week", "分钟/周", UNITS, 0, 5),
    Metric(
        "load_per_worker",
        "人均负荷",
        "Load per worker, minutes a week",
        "分钟/周",
        ("areas", "grids"),
    ),
    Metric("reach_minutes", "到最近服务站步行", "Walk to the nearest station", "min", ("blocks",)),
    Metric(
        "far_households", "步行 15 分钟外户数", "Households beyond 15 minutes on foot", "户", UNITS
    ),
    Metric("duty_share", "路长责任覆盖率", "Share of side with a duty", "%", (*UNITS, "segments")),
    Metric("lived_share", "实际履职覆盖率", "Share of side lived", "%", (*UNITS, "segments")),
)
