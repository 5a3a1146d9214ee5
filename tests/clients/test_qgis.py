"""QGIS itself opens an export as drawn: its own default style, classes, names, and the SLD too.

Runs where a Python knows QGIS: the one that QGIS_PYTHON names, or the system's.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from geo import crs
from geo.exporting import vectors
from geo.layers import LAYERS
from geo.store import exporting
from geo.store.database import LOCAL, snapshot
from geo.store.exporting import Export
from geo.store.wanted import Wanted

PYTHON = os.environ.get("QGIS_PYTHON", "/usr/bin/python3")

LOOK = """
import json, sqlite3, sys
from qgis.core import *
from qgis.PyQt.QtCore import QSize

application = QgsApplication([], False)
application.initQgis()


def colours(layer):
    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    renderer.startRender(context, layer.fields())
    found = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbol = renderer.symbolForFeature(feature, context)
        name = symbol.symbolLayer(0).color().name() if symbol else ""
        stroke = symbol.symbolLayer(0).strokeColor().name() if symbol else ""
        key = name + " " + stroke
        found[key] = found.get(key, 0) + 1
    renderer.stopRender(context)
    return found


def names(layer):
    if not layer.labelsEnabled():
        return None
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(800, 600))
    settings.setDestinationCrs(layer.crs())
    middle = next(layer.getFeatures()).geometry().pointOnSurface().asPoint()
    extent = QgsRectangle(middle.x() - 200, middle.y() - 150, middle.x() + 200, middle.y() + 150)
    settings.setExtent(extent)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return len(job.takeLabelingResults().labelsWithinRect(extent))


def sld(layer, text):
    with open(sys.argv[1] + ".sld", "w") as file:
        file.write(text)
    return layer.loadSldStyle(file.name)[1]


query = 'select f_table_name, "styleSLD" from layer_styles'
styles = dict(sqlite3.connect(sys.argv[1]).execute(query))
seen = {}
for name, text in styles.items():
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    seen[name] = {
        "valid": layer.isValid(), "crs": layer.crs().authid(), "told": layer.crs().description(),
        "colours": colours(layer), "names": names(layer), "sld": sld(layer, text),
    }
print("SEEN" + json.dumps(seen))
application.exitQgis()
"""  # fmt: skip


def look(path: Path):
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [PYTHON, "-c", LOOK, str(path)], env=env, capture_output=True, text=True, timeout=300
    )
    assert "SEEN" in done.stdout, done.stderr
    return json.loads(done.stdout.partition("SEEN")[2])


def export(url, path, keys, place):
    with snapshot(url) as conn:
        wish = Export(exporting.layers_of(keys), Wanted(), crs.parse(place))
        vectors.write_geopackage(path, *exporting.start(conn, wish, LOCAL))
    return path


@pytest.fixture(scope="module")
def qgis():
    probe = subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True)
    if probe.returncode:
        pytest.skip(f"{PYTHON} knows no QGIS; set QGIS_PYTHON to one that does")


def test_qgis_draws_layers_as_the_map_does(qgis, sample_url, tmp_path):
    seen = look(export(sample_url, tmp_path / "all.gpkg", ["all"], 4549))
    assert seen.keys() == LAYERS.keys()
    for key, layer in seen.items():
        assert layer["valid"], key
        assert layer["crs"] == "EPSG:4549", key
        assert layer["sld"], key
        assert "" not in layer["colours"], key
        assert layer["names"] is None or layer["names"] > 0, key
    for key in ("areas", "stations", "roads"):
        drawn = " ".join(seen[key]["colours"])
        for swatch in LAYERS[key].style.swatches:
            assert swatch.colour in drawn or swatch.value == "motorway", (key, swatch)


def test_qgis_takes_map_apps_coordinates_for_nothing_else(qgis, sample_url, tmp_path):
    seen = look(export(sample_url, tmp_path / "gcj.gpkg", ["stations"], "gcj02"))
    layer = seen["stations_gcj02"]
    assert layer["valid"]
    assert layer["crs"] == ""
    assert layer["told"].startswith("GCJ-02")
