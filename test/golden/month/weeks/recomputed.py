from calls import groups, mean, share, values, week

HEADER = ["time.week", "conversation_count", "total_duration_seconds", "avg_duration_seconds", "talk_seconds", "talk_ratio",
          "efficiency_score"]
ROWS = []
for keys, calls in groups(week):
    durations, talk = values(calls, "duration"), sum(values(calls, "talk"))
    # Nobody is held in this month.
    ROWS.append([*keys, len(calls), sum(durations), mean(durations), talk, share(talk, sum(durations)), 100 - 50 * 0])
