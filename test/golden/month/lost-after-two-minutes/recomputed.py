from calls import CALLS, groups, hour_of_day, mean, values

HEADER = ["time.hour_of_day", "abandoned", "avg_abandon_seconds", "max_abandon_wait_seconds"]
LOST = [call for call in CALLS if call.abandoned and call.wait > 120]
ROWS = [[*keys, len(calls), mean(values(calls, "wait")), max(values(calls, "wait"))]
        for keys, calls in groups(hour_of_day, calls=LOST)]
