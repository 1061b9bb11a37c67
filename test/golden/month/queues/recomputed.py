from calls import answered, count, groups, mean, queue, share, values

HEADER = ["routing.queue.name", "conversation_count", "offered", "answered", "abandoned", "abandon_rate", "answer_rate",
          "asa_seconds", "avg_talk_seconds", "aht_seconds"]
ROWS = []
for (name,), calls in groups(queue):
    offered, taken, left = (count(calls, what) for what in ("offered", "answered", "abandoned"))
    talk = mean(values(calls, "talk"))
    ROWS.append([name, len(calls), offered, taken, left, share(left, offered), share(taken, offered),
                 mean(values(calls, "wait", answered)), talk, talk])
