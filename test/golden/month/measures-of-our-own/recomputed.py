from fractions import Fraction

from calls import CALLS, count, groups, queue, rounded, share, values

HEADER = ["routing.queue.name", "calls_per_talk_hour", "missed", "patience_score", "long_calls", "share_of_long_calls"]
ROWS = []
for keys, calls in groups(queue, calls=[call for call in CALLS if call.queue]):
    offered, taken, left = (count(calls, what) for what in ("offered", "answered", "abandoned"))
    long = len([talk for talk in values(calls, "talk") if talk > 600])
    ROWS.append([*keys, share(taken, Fraction(sum(values(calls, "talk")), 3600), 2), offered - taken,
                 rounded(max(Fraction(0), 100 - 500 * Fraction(left, offered)), 2), long, share(long, taken)])
