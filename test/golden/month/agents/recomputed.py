from calls import CALLS, agent, groups, mean, percentile, values

HEADER = ["agent.name", "handled", "talk_seconds", "aht_seconds", "p50_talk_seconds", "max_talk_seconds"]
ROWS = []
for keys, calls in groups(agent, calls=[call for call in CALLS if call.agent]):
    talk = values(calls, "talk")
    ROWS.append([*keys, len(calls), sum(talk), mean(talk), percentile(talk, 50), max(talk)])
