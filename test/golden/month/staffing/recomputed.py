from calls import count, groups, hour_of_day, values, weekday

HEADER = ["time.day_of_week", "time.hour_of_day", "offered", "handled", "agents"]
ROWS = [[*keys, count(calls, "offered"), count(calls, "answered"), len(set(values(calls, "agent")))]
        for keys, calls in groups(weekday, hour_of_day)]
