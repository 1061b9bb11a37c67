from calls import CALLS, abandoned, answered, groups, queue, ranges, values

HEADER = ["routing.queue.name", "wait_counts", "answer_wait_counts", "abandon_wait_counts"]
ROWS = [[*keys, ranges(values(calls, "wait"), [10, 20, 60, 180]), ranges(values(calls, "wait", answered), [20, 60]),
         ranges(values(calls, "wait", abandoned), [20, 60])]
        for keys, calls in groups(queue, calls=[call for call in CALLS if call.queue])]
