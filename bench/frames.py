"""What a browser's trace and the system say of a gesture: its frames, and what they took."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# RunTask is a task of a thread's loop, DrawFrame a frame that was put together.
CATEGORIES = (
    "devtools.timeline.frame",
    "disabled-by-default-devtools.timeline.frame",
    "disabled-by-default-devtools.timeline",
    "devtools.timeline",
)
# A pause between two gestures, ms.
PAUSE_MS = 1_000
# Milliseconds between two frames that a person sees as a stutter: three frames of 60 a second.
STUTTER_MS = 50


@dataclass(frozen=True)
class Frames:
    """Of each frame the milliseconds since the last, and those in which the main thread was at work
    and by its processor's clock; the longest task; cores' worth of work of the browser's processes.
    """

    gaps: np.ndarray
    work: np.ndarray
    processor: np.ndarray
    longest: float
    cores: dict[str, float]


def read(file: Path, cores: dict[str, float]) -> Frames:
    """The frames of a trace of one page; pauses are left out."""
    events = json.loads(file.read_text())["traceEvents"]
    drawn = np.sort([e["ts"] for e in events if e["name"] == "DrawFrame"]).astype(float)
    main = _main_thread(events)
    tasks = [e for e in events if e["name"] == "RunTask" and (e["pid"], e["tid"]) == main]
    start = np.array([e["ts"] for e in tasks], float)
    took = np.array([e.get("dur", 0) for e in tasks], float) / 1e3
    processor = np.array([e.get("tdur", 0) for e in tasks], float) / 1e3
    # A task belongs to the frame that is drawn after it began.
    frame = np.searchsorted(drawn, start)
    work, clock = (np.bincount(frame, of, len(drawn) + 1)[1:-1] for of in (took, processor))
    gaps = np.diff(drawn) / 1e3
    kept = gaps < PAUSE_MS
    longest = took[(frame > 0) & (frame < len(drawn))].max(initial=0)
    return Frames(gaps[kept], work[kept], clock[kept], float(longest), cores)


def _main_thread(events: list[dict]) -> tuple[int, int]:
    """The page's: of the threads by that name the busiest, as a browser keeps a spare one."""
    named = {
        (e["pid"], e["tid"])
        for e in events
        if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    busy = dict.fromkeys(named, 0.0)
    for e in events:
        if e["name"] == "RunTask" and (e["pid"], e["tid"]) in busy:
            busy[e["pid"], e["tid"]] += e.get("dur", 0)
    return max(busy, key=lambda thread: busy[thread])


def together(turns: list[Frames]) -> Frames:
    """The frames of several turns of one gesture as one."""
    return Frames(
        *(
            np.concatenate([getattr(t, part) for t in turns])
            for part in ("gaps", "work", "processor")
        ),
        max(turn.longest for turn in turns),
        {kind: float(np.mean([turn.cores[kind] for turn in turns])) for kind in turns[0].cores},
    )


def line(name: str, of: Frames) -> str:
    """The figures of a gesture in words."""
    cores = ", ".join(f"{kind} {used:.2f}" for kind, used in of.cores.items())
    return (
        f"{name}: {len(of.gaps)} frames, {1e3 / of.gaps.mean():.1f}/s, ms {_spread(of.gaps)}, "
        f"{(of.gaps > STUTTER_MS).mean():.0%} over {STUTTER_MS}; main thread {_spread(of.work)} "
        f"(processor {_spread(of.processor)}), longest task {of.longest:.0f}; cores: {cores}"
    )


def _spread(values: np.ndarray) -> str:
    return "/".join(f"{value:.1f}" for value in np.percentile(values, [50, 95, 99]))
