from calls import abandoned, answered, groups, mean, percentile, queue, values

HEADER = ["routing.queue.name", "wait_seconds", "avg_wait_seconds", "p50_wait_seconds", "p90_wait_seconds", "p95_wait_seconds",
          "max_wait_seconds", "p90_answer_wait_seconds", "p90_abandon_wait_seconds"]
ROWS = []
for keys, calls in groups(queue):
    waits = values(calls, "wait")
    ROWS.append([*keys, sum(waits), mean(waits), *(percentile(waits, percent) for percent in (50, 90, 95)),
                 max(waits, default=None), percentile(values(calls, "wait", answered), 90),
                 percentile(values(calls, "wait", abandoned), 90)])
