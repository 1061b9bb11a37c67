from calls import agent, count, groups, mean, queue, values

HEADER = ["agent.name", "routing.queue.name", "conversation_count", "handled", "aht_seconds"]
ROWS = [[*keys, len(calls), count(calls, "answered"), mean(values(calls, "talk"))]
        for keys, calls in groups(agent, queue)]
