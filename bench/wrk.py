"""Many requests at once by wrk: one thread, some connections, a list of paths in turns."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

CONNECTIONS = 8
SCRIPT = """
local requests, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do
    local path, known = line:match("^(%S+)\\t?(.*)$")
    local headers = nil
    if known ~= "" then headers = { ["If-None-Match"] = known } end
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("FOUND %d %d %d %d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.timeout + e.status, latency:percentile(99)))
end
"""


class Load(NamedTuple):
    """What came of it: answers, seconds, 99th percentile of the time to an answer, in seconds."""

    answers: int
    seconds: float
    p99: float


def run(port: int, lines: list[str], seconds: int) -> Load:
    """Asks for ``lines`` (a path, or a path, a tab and an If-None-Match) again and again.

    Raises RuntimeError where an answer was none, or an error.
    """
    program = shutil.which("wrk")
    if program is None:
        raise RuntimeError("wrk is not installed: apt install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script, paths = Path(folder) / "walk.lua", Path(folder) / "paths"
        script.write_text(SCRIPT)
        paths.write_text("\n".join(lines))
        command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--timeout", "60s"]
        command += ["-s", str(script), f"http://127.0.0.1:{port}", "--", str(paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = re.search(r"FOUND (\d+) (\d+) (\d+) (\d+)", done.stdout)
    if found is None or int(found[3]):
        raise RuntimeError(done.stdout)
    return Load(int(found[1]), int(found[2]) / 1e6, int(found[4]) / 1e6)
