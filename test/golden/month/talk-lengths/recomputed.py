from calls import CALLS, groups, percentile, queue, ranges, values

HEADER = ["routing.queue.name", "handle_counts", "p50_talk_seconds", "p90_talk_seconds", "p95_talk_seconds", "max_talk_seconds"]
ROWS = []
for keys, calls in groups(queue, calls=[call for call in CALLS if call.queue]):
    talk = values(calls, "talk")
    ROWS.append([*keys, ranges(talk, [60, 180, 600]), *(percentile(talk, percent) for percent in (50, 90, 95)), max(talk)])
