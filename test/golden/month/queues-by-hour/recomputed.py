from calls import answered, count, groups, hour_of_day, mean, queue, share, values

HEADER = ["routing.queue.name", "time.hour_of_day", "offered", "answered", "abandoned", "abandon_rate", "asa_seconds"]
ROWS = []
for keys, calls in groups(queue, hour_of_day):
    offered, taken, left = (count(calls, what) for what in ("offered", "answered", "abandoned"))
    ROWS.append([*keys, offered, taken, left, share(left, offered), mean(values(calls, "wait", answered))])
