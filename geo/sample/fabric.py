"""A street fabric: nodes, streets between them and the faces they enclose.

Faces are rings of node numbers, counter-clockwise. A node put on an edge enters both faces beside
it, so neighbours always share the same vertices and the fabric stays a coverage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Street:
    """A line of the fabric before it has a final name."""

    kind: str
    road_class: str
    name: str | None = None
    names: tuple[str, str] | None = None
    divider: str | None = None
    alley: bool = False


@dataclass
class Fabric:
    """Nodes (m), faces with the first face each was cut from, and the street of each edge."""

    xy: list[tuple[float, float]] = field(default_factory=list)
    faces: list[list[int]] = field(default_factory=list)
    origin: list[int] = field(default_factory=list)
    beside: dict[tuple[int, int], int] = field(default_factory=dict)
    street_of: dict[tuple[int, int], int] = field(default_factory=dict)
    near: list[list[int]] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)

    def add_node(self, at: tuple[float, float]) -> int:
        """Add a free node and return its number."""
        self.xy.append((float(at[0]), float(at[1])))
        self.near.append([])
        return len(self.xy) - 1

    def add_face(self, ring: list[int]) -> int:
        """Add a face by its counter-clockwise ring of nodes; it is its own origin."""
        self.faces.append([])
        self.origin.append(len(self.faces) - 1)
        self._give_ring(len(self.faces) - 1, ring)
        return len(self.faces) - 1

    def join(self, a: int, b: int, street: int) -> None:
        """Lay an edge of a street between two nodes; does nothing where one lies already."""
        if edge(a, b) not in self.street_of:
            self.street_of[edge(a, b)] = street
            self.near[a].append(b)
            self.near[b].append(a)

    def put_on_edge(self, a: int, b: int, at: tuple[float, float]) -> int:
        """Put a node on the edge a–b, in the faces on both sides."""
        street = self.street_of.pop(edge(a, b))
        k = self.add_node(at)
        self.near[a][self.near[a].index(b)] = k
        self.near[b][self.near[b].index(a)] = k
        self.near[k] = [a, b]
        self.street_of[edge(a, k)] = self.street_of[edge(k, b)] = street
        for p, q in ((a, b), (b, a)):
            face = self.beside.pop((p, q), None)
            if face is not None:
                ring = self.faces[face]
                ring.insert(ring.index(p) + 1, k)
                self.beside[p, k] = self.beside[k, q] = face
        return k

    def cut(self, face: int, path: list[int], street: int) -> int:
        """Split a face along a path of nodes whose ends lie on its ring; return the new face."""
        for a, b in pairwise(path):
            self.join(a, b, street)
        ring = self.faces[face]
        i, j = ring.index(path[0]), ring.index(path[-1])
        ahead = ring[i:j] if i < j else ring[i:] + ring[:j]
        behind = ring[j:i] if j < i else ring[j:] + ring[:i]
        self._give_ring(face, behind + path[:-1])
        new = self.add_face(ahead + path[:0:-1])
        self.origin[new] = self.origin[face]
        return new

    def points(self, face: int) -> Floats:
        """The ring of a face as an (n, 2) array of metres, not closed."""
        return np.array([self.xy[k] for k in self.faces[face]])

    def edge_streets(self, face: int) -> list[int]:
        """The street of each edge of a face, in ring order."""
        ring = self.faces[face]
        return [self.street_of[edge(a, b)] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]

    def _give_ring(self, face: int, ring: list[int]) -> None:
        self.faces[face] = ring
        for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
            self.beside[a, b] = face


def edge(a: int, b: int) -> tuple[int, int]:
    """The key of an undirected edge."""
    return (a, b) if a < b else (b, a)


def ring_area(points: Floats) -> float:
    """Signed area in m² of a ring given as (n, 2) metres; positive when counter-clockwise."""
    x, y = points[:, 0], points[:, 1]
    closing = x[-1] * y[0] - x[0] * y[-1]
    return float(0.5 * (x[:-1] @ y[1:] - x[1:] @ y[:-1] + closing))


def lengths(points: Floats) -> Floats:
    """Lengths in m of the steps of an open line given as (n, 2) metres."""
    steps = np.diff(points, axis=0)
    return np.asarray(np.hypot(steps[:, 0], steps[:, 1]))


def following(points: Floats) -> Floats:
    """The array with each row replaced by the next one, around the ring."""
    return np.concatenate([points[1:], points[:1]])
