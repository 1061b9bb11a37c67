from calls import CALLS, count, groups, mean, queue, values, weekday

HEADER = ["routing.queue.name", "time.day_of_week", "conversation_count", "offered", "answered", "talk_seconds", "asa_seconds"]
ROWS = [[*keys, len(calls), count(calls, "offered"), count(calls, "answered"), sum(values(calls, "talk")),
         mean(values(calls, "wait"))]
        for keys, calls in groups(queue, weekday, calls=[call for call in CALLS if call.answered and call.talk >= 600])]
