"""Balanced, connected parts of a graph: near today's, with few changes of hand.

`graph` holds who borders whom; `start` makes today's parts connected, and parts where there are
none; `moves` is the compiled search; `divide` runs it.
"""
