"""Feed the readers damaged files for some minutes, and keep what they do not survive.

    python bench/fuzz_readers.py --seconds 600 --out /tmp/found

Each worker is a process of its own, so that a crash in a C library is seen too: the file being
read lies in the worker's folder before it is read. A file that takes longer than ``SLOW_S``
or more memory than ``MOST_MEMORY`` counts as a crash.
"""

import argparse
import collections
import hashlib
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from multiprocessing import get_context
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "unit"))

from mangling import mangled, survive

SLOW_S = 30
MOST_MEMORY = 6 * 2**30
BATCH = 500


def main() -> None:
    """Run the workers until the time is over; say what was read, refused and found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "luge-fuzz")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    end = time.time() + args.seconds
    total: collections.Counter[str] = collections.Counter()
    number = args.seed
    with get_context("spawn").Pool(args.workers, _limit, maxtasksperchild=4) as pool:
        running: list = []
        while time.time() < end or running:
            while time.time() < end and len(running) < args.workers:
                running.append(pool.apply_async(_batch, (number, str(args.out), end)))
                number += 1
            for done in [r for r in running if r.ready()]:
                running.remove(done)
                total += done.get()
            running = [r for r in running if not _lost(r, end)]
            time.sleep(0.2)
    print(f"{sum(total.values())} files in {args.seconds:.0f} s")
    for what, count in total.most_common():
        print(f"{count:8} {what}")
    left = sorted(args.out.glob("reading-*"))
    print(f"files during which a worker died: {[p.name for p in left] or 'none'}")


def _lost(running, end: float) -> bool:
    """Whether a worker died with its batch, which then never comes back."""
    return not running.ready() and time.time() > end + 2 * SLOW_S


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, _too_slow)


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"took longer than {SLOW_S} s")


def _batch(number: int, out: str, end: float) -> collections.Counter[str]:
    counts: collections.Counter[str] = collections.Counter()
    folder = Path(out, f"reading-{number}")
    folder.mkdir(exist_ok=True)

    @seed(number)
    @settings(
        max_examples=BATCH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(mangled())
    def feed(file: tuple[str, bytes]) -> None:
        if time.time() > end:
            return
        signal.alarm(SLOW_S)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                counts[survive(*file, folder)] += 1
        except BaseException as error:
            counts[f"FOUND {type(error).__name__}: {error}"[:110]] += 1
            _keep(Path(out), file, error)
        finally:
            signal.alarm(0)

    feed()
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()
    return counts


def _keep(out: Path, file: tuple[str, bytes], error: BaseException) -> None:
    trace = "".join(traceback.format_exception(error))
    where = traceback.extract_tb(error.__traceback__)
    ours = [f"{Path(f.filename).name}:{f.lineno}" for f in where if "/geo/" in f.filename]
    key = hashlib.sha256(f"{type(error).__name__}{ours[-1:]}".encode()).hexdigest()[:10]
    kept = out / f"found-{key}{file[0]}"
    if not kept.exists() or kept.stat().st_size > len(file[1]):
        kept.write_bytes(file[1])
        (out / f"found-{key}.txt").write_text(trace)


if __name__ == "__main__":
    main()
