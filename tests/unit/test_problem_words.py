"""Whatever is refused of plans, rotations, cases, shares is said in Chinese too, by patterns."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = (
    "geo/plan.py", "geo/cutting.py", "geo/rules.py", "geo/rotas.py", "geo/balance/posts.py",
    "geo/store/redrawing.py", "geo/store/strokes.py", "geo/store/publishing.py",
    "geo/store/propos*.py", "geo/store/cutting.py", "geo/store/plan_*.py", "geo/store/reruns.py",
    "geo/store/rotas.py", "api/plan*.py", "api/strokes.py", "api/proposals.py", "api/cutting.py",
    "api/replays.py", "geo/cases.py", "geo/store/cases.py", "geo/shares.py",
    "geo/store/drafts.py", "geo/store/shares.py",
)  # fmt: skip
# What may stand where a message has a value.
VALUES = ("7", "2026-12-01", "draft")


def messages(tree):
    """What is raised with a sentence: its parts, each with what may stand there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for argument in node.exc.args:
                parts = list(parts_of(argument))
                if " " in "".join(part[0] for part in parts):
                    yield node.lineno, parts


def parts_of(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield (node.value,)
    elif isinstance(node, ast.JoinedStr):
        yield from chain.from_iterable(map(parts_of, node.values))
    elif isinstance(node, ast.BinOp):
        yield from parts_of(node.left)
        yield from parts_of(node.right)
    elif isinstance(node, ast.FormattedValue):
        value = node.value
        choices = (value.body, value.orelse) if isinstance(value, ast.IfExp) else ()
        plain = [c.value for c in choices if isinstance(c, ast.Constant)]
        yield tuple(plain) or (("'甲'",) if node.conversion == ord("r") else VALUES)


def sentences():
    """Each message as it may read, with where it is raised."""
    for path in sorted({path for place in PLACES for path in ROOT.glob(place)}):
        for line, parts in messages(ast.parse(path.read_text("utf-8"))):
            said = {"".join(part[k % len(part)] for part in parts) for k in range(len(VALUES))}
            yield pytest.param(said, id=f"{path.name}:{line}")


def patterns():
    """The page's patterns of problems, with what they become."""
    source = (ROOT / "maps/web/src/words.ts").read_text("utf-8")
    found = re.findall(r'^  \[/(.*?)/, "(.*)"\],$', source, re.MULTILINE)
    return [(re.compile(pattern), chinese) for pattern, chinese in found]


PATTERNS = patterns()


@pytest.mark.parametrize("said", list(sentences()))
def test_what_is_refused_has_chinese_words(said):
    assert any(pattern.search(text) for text in said for pattern, _ in PATTERNS), said


def test_words_name_only_what_their_pattern_finds():
    for pattern, chinese in PATTERNS:
        named = [int(number) for number in re.findall(r"\$(\d)", chinese)]
        assert max(named, default=0) <= pattern.groups, chinese
