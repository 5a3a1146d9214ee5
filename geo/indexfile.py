"""The linking index as one file, mapped into memory: processes share its pages, none copies it.

The file: a line that names the format, the length of a JSON header in one line, the header, and the
arrays one after the other, each on a multiple of 64 bytes. Numbers are little-endian.
"""

import json
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FORMAT = b"luge linking index 2\n"
_ALIGN = 64

Array = NDArray[Any]
Parts = dict[str, Any]


class IndexUnreadable(ValueError):
    """The file is no linking index of this version of Luge, or only part of one."""


def write(path: Path, arrays: dict[str, Array], parts: Parts) -> None:
    """Writes arrays and plain values; who reads ``path`` meanwhile sees the old file or the new."""
    places, at = {}, 0
    for name, array in arrays.items():
        places[name] = [at, array.dtype.newbyteorder("<").str, array.shape]
        at += _padded(array.nbytes)
    header = json.dumps({"arrays": places, "parts": parts, "bytes": at}).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        try:
            file.write(_FORMAT + b"%d\n" % len(header) + header)
            for array in arrays.values():
                file.write(bytes(-file.tell() % _ALIGN))
                np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tofile(file)
            file.write(bytes(-file.tell() % _ALIGN))
            file.flush()
            Path(file.name).chmod(0o644)
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def read(path: Path) -> tuple[dict[str, Array], Parts]:
    """The arrays of a file, mapped, and its plain values; writing to an array stays in the process.

    Raises:
        IndexUnreadable: where the file is something else or cut short.
    """
    with path.open("rb") as file:
        if file.readline(len(_FORMAT)) != _FORMAT:
            raise IndexUnreadable(f"{path} is no linking index of this version: build it again")
        length = int(file.readline(20))
        header = json.loads(file.read(length))
        start = _padded(file.tell())
        if os.fstat(file.fileno()).st_size != start + header["bytes"]:
            raise IndexUnreadable(f"{path} is cut short: build it again")
        whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    arrays = {
        name: np.frombuffer(whole, kind, int(np.prod(shape)), start + at).reshape(shape)
        for name, (at, kind, shape) in header["arrays"].items()
    }
    return arrays, header["parts"]


def _padded(length: int) -> int:
    return -(-length // _ALIGN) * _ALIGN
