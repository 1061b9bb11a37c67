from calls import abandoned, count, groups, mean, share, values, weekday

HEADER = ["time.day_of_week", "offered", "abandoned", "abandon_rate", "avg_abandon_seconds"]
ROWS = []
for keys, calls in groups(weekday):
    offered, left = count(calls, "offered"), count(calls, "abandoned")
    ROWS.append([*keys, offered, left, share(left, offered), mean(values(calls, "wait", abandoned))])
