"""What OpenStreetMap's tags say of a way: road, river or rail, its layer and its width.

GDAL gives the common tags as columns and the others in one text: ``"layer"=>"1","width"=>"5 m"``.
"""

from typing import Any

import pandas as pd

KIND_OF = {"highway": "road", "waterway": "river", "railway": "rail"}
EXTRA_TAGS = ("layer", "width", "oneway", "bridge", "tunnel", "service")


def tag(other_tags: Any, name: str) -> Any:
    """Return one tag out of GDAL's ``other_tags``, missing where a feature has none."""
    pattern = rf'(?:^|,)"{name}"=>"((?:[^"\\]|\\.)*)"'
    return other_tags.str.extract(pattern, expand=False)


def ways(features: Any) -> tuple[Any, list[str]]:
    """Return the features that are roads, rivers or rails, and notes on what was left out.

    ``features`` are GDAL's OSM lines (osm_id, name, highway, waterway, railway, other_tags …).
    Columns added: ``kind`` (road, river, rail), ``class`` (the tag's value), and ``EXTRA_TAGS``.
    A layer or width that is no number is dropped and told, for it is no reason to lose a road.
    """
    frame = features.drop(columns=["other_tags", "z_order"], errors="ignore")
    kind = pd.Series(None, index=frame.index, dtype="str")
    word = kind.copy()
    for name, value in KIND_OF.items():
        if name in frame:
            tagged = frame[name].notna() & kind.isna()
            kind, word = kind.mask(tagged, value), word.mask(tagged, frame[name].astype("str"))
    frame["kind"], frame["class"] = kind, word
    if "other_tags" in features:
        for name in EXTRA_TAGS:
            frame[name] = tag(features["other_tags"].astype("str"), name)
    notes = _drop_odd(frame, "layer", r"^-?\d+$") + _drop_odd(
        frame, "width", r"^\d+(\.\d+)?( ?m)?$"
    )
    left_out = int(kind.isna().sum())
    if left_out:
        notes.append(f"{left_out} lines left out: neither highway, waterway nor railway.")
    return frame[kind.notna()].drop(columns=list(KIND_OF), errors="ignore"), notes


def _drop_odd(frame: Any, name: str, pattern: str) -> list[str]:
    if name not in frame:
        return []
    odd = frame[name].notna() & ~frame[name].str.match(pattern, na=False)
    if not odd.any():
        return []
    examples = ", ".join(sorted(frame.loc[odd, name].unique())[:3])
    frame[name] = frame[name].mask(odd)
    return [f"{int(odd.sum())} ways: {name} is no number ({examples}) and was dropped."]
