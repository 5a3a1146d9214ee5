"""The page on the OGC API: its table of requirements is the tests that there are."""

import ast
import re
from pathlib import Path

from api.ogc.landing import CONFORMS_TO
from api.ogc.parameters import Many
from geo.conditions import SPATIAL, TEMPORAL

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ogc.md").read_text("utf-8")
FILES = sorted((ROOT / "tests" / "api").glob("test_ogc_*_standard.py"))


def requirements():
    """(requirement, file, test) of every test that names one."""
    for file in FILES:
        for node in ast.parse(file.read_text("utf-8")).body:
            said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
            if said and said.startswith("/req/"):
                yield said.partition(":")[0].partition(" ")[0], file.name, node.name


def table():
    for row in re.findall(r"^\| (/req/\S+) \| (.*) \|$", PAGE, re.MULTILINE):
        for test in re.findall(r"`(\w+)`", row[1]):
            yield row[0], test


def test_the_table_of_requirements_is_true():
    found = {(requirement, test) for requirement, _, test in requirements()}
    assert set(table()) == found
    assert len(found) > 50


def test_every_parameter_is_told():
    for name, field in Many.model_fields.items():
        assert f"`{field.alias or name}" in PAGE


def test_every_operator_is_told():
    told = PAGE.lower()
    for op in (*SPATIAL, *TEMPORAL):
        assert op.partition("_")[2] in told


def test_every_standard_is_told():
    parts = {re.sub(r".*/spec/([^/]+)/.*", r"\1", uri) for uri in CONFORMS_TO}
    for part in parts:
        assert f"`{part}`" in PAGE
