"""When a client comes back: the distribution of the next visit, as arithmetic over arrays (docs/returns.md).

A sequence is the days of visits of one client, or of one client in one cycle, in order. All sequences lie end to end:
those of sequence s are from starts[s] to starts[s + 1].
"""
