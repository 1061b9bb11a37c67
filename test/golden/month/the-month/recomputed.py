from calls import CALLS, answered, count, mean, percentile, share, values

HEADER = ["conversation_count", "handled_conversations", "offered", "answered", "abandoned", "abandon_rate", "asa_seconds",
          "avg_duration_seconds", "p90_duration_seconds", "talk_ratio", "agents", "first_queue_offered",
          "first_queue_abandon_rate", "requeued"]
OFFERED, TAKEN, LEFT = (count(CALLS, what) for what in ("offered", "answered", "abandoned"))
DURATIONS = values(CALLS, "duration")
# No call of this month comes to a second queue.
ROWS = [[len(CALLS), TAKEN, OFFERED, TAKEN, LEFT, share(LEFT, OFFERED), mean(values(CALLS, "wait", answered)),
         mean(DURATIONS), percentile(DURATIONS, 90), share(sum(values(CALLS, "talk")), sum(DURATIONS)),
         len(set(values(CALLS, "agent"))), OFFERED, share(LEFT, OFFERED), 0]]
