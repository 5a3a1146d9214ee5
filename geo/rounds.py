"""How far somebody walks who goes to all places of a day and back: an estimate, in metres.

The walk begins and ends at a post, goes each time to the nearest place that is left, and is
`DETOUR` times as long as the crow flies. The expected length of a shortest round through n places
in an area A, 0.7124·√(n·A) (J. Beardwood, J. H. Halton and J. M. Hammersley, "The shortest path
through many points", Proceedings of the Cambridge Philosophical Society 55, 1959), holds for many
places evenly spread; a grid has a few a day, and they lie where they lie. The walk to the nearest
is the shortest for one and two places, and some 25 % longer for many (D. S. Johnson and L. A.
McGeoch, "The traveling salesman problem: a case study in local optimization", 1997).
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DETOUR = 1.3
"""Metres walked along streets for each metre of air, as is usual in cities."""


def rounds(day: Ints, places: Floats, post: Floats) -> Floats:
    """The metres of each round: (n,) for the rounds 0 to n - 1 that ``day`` names.

    ``day`` gives the round of each place (m,), ``places`` where it is (m, 2), ``post`` where each
    round begins and ends (n, 2); metres in one metric CRS. A round without places is 0 m.
    """
    order = np.argsort(day, kind="stable")
    of, left = day[order], places[order]
    here, metres = post.astype(float), np.zeros(len(post))
    while len(of):
        away = np.hypot(*(left - here[of]).T)
        begins = np.flatnonzero(np.diff(of, prepend=-1))
        under_way = of[begins]
        nearest = _first_least(away, begins)
        metres[under_way] += away[nearest]
        here[under_way] = left[nearest]
        stay = np.ones(len(of), bool)
        stay[nearest] = False
        of, left = of[stay], left[stay]
    back: Floats = metres + np.hypot(*(here - post).T)
    return back * DETOUR


def _first_least(values: Floats, begins: Ints) -> Ints:
    """Where the least value of each run lies, the first of equals; runs begin at ``begins``."""
    least = np.minimum.reduceat(values, begins)
    run = np.zeros(len(values), np.int64)
    run[begins[1:]] = 1
    run = np.cumsum(run)
    at = np.flatnonzero(values == least[run])
    return at[np.unique(run[at], return_index=True)[1]]
