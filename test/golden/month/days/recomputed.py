from calls import count, day, groups, share, values

HEADER = ["time.day", "conversation_count", "offered", "answered", "abandoned", "answer_rate", "talk_seconds"]
ROWS = []
for keys, calls in groups(day):
    offered, taken = count(calls, "offered"), count(calls, "answered")
    ROWS.append([*keys, len(calls), offered, taken, count(calls, "abandoned"), share(taken, offered),
                 sum(values(calls, "talk"))])
