from calls import CALLS, count, groups, queue, share

HEADER = ["routing.queue.name", "service_level", "level_of_answered", "level_by_queue"]
ROWS = []
for (name,), calls in groups(queue, calls=[call for call in CALLS if call.queue]):
    within = lambda target: sum(1 for call in calls if call.answered and call.wait <= target)
    taken, left = count(calls, "answered"), count(calls, "abandoned")
    ROWS.append([name, share(within(20), taken + left), share(within(30), taken),
                 share(within(10 if name == "Stock exchange" else 60), taken + left)])
