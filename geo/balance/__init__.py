"""Balanced, connected parts of a graph: near today's with few changes, or with short borders.

`graph` holds who borders whom; `start` makes today's parts connected, and parts where there are
none; `moves` and `borders` are the compiled search, `flows` says where load has to go; `divide`
runs it for shares of chiefs. For plans of blocks `evolve` anneals on levels (`contract`) and
breeds, `posts` says which grids there are to be, `redraw` solves area by area, `unite` makes
several systems one, `exact` proves.
"""
