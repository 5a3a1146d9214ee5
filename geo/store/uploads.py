"""Uploaded files on disk: each in a folder of its own, under a name that cannot lead elsewhere."""

import re
import shutil
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from geo import readers, tables

REJECTS = "rejects"  # a name without a suffix, so no upload can have it
LONGEST_STEM = 60
# A Shapefile's .shp is nothing without its other files, so it comes in a .zip.
VECTOR = tuple(ending for ending in readers.VECTOR if ending != ".shp")
ENDINGS = (*VECTOR, *readers.PACKED, *readers.PARQUET, ".zip", *tables.CSV, *tables.EXCEL)


class BadName(ValueError):
    """A file of this name cannot be taken; the message says what can."""


def safe_name(name: str) -> str:
    """A file name made of ``name``: letters, digits and spaces, one known ending, no folder.

    Raises `BadName` where the ending is none that is read.
    """
    last = re.split(r"[/\\]", name)[-1]
    if last.lower().endswith(".shp"):
        raise BadName(f"{last}: a Shapefile has several files; pack them into one .zip")
    ending = next((end for end in ENDINGS if last.lower().endswith(end)), None)
    if ending is None:
        raise BadName(f"{last}: this format is not read. Formats: {readers.FORMATS}.")
    stem = re.sub(r"[^\w()（）+ -]", "_", last[: -len(ending)]).strip()
    return (stem[:LONGEST_STEM] or "file") + ending


def folder_of(uploads: Path, place: UUID) -> Path:
    """Where the files of a job are."""
    return uploads / str(place)


def make_folder(uploads: Path, place: UUID) -> Path:
    """Makes it; only the service's own user may look into it."""
    uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = folder_of(uploads, place)
    folder.mkdir(mode=0o700)
    return folder


def remove(uploads: Path, place: UUID) -> None:
    """Removes the files of a job, if they are there."""
    shutil.rmtree(folder_of(uploads, place), ignore_errors=True)


def tidy(uploads: Path, days: int) -> None:
    """Removes folders untouched for ``days``, uploads that broke off among them."""
    for folder in uploads.iterdir() if uploads.is_dir() else ():
        with suppress(FileNotFoundError):  # another process tidies too
            if time.time() - folder.stat().st_mtime > days * 86_400:
                shutil.rmtree(folder, ignore_errors=True)
