from datetime import date

from calls import CALLS, count, groups, mean, values


def quarter(call):
    return f"{call.day}T{call.hour:02}:{call.entered % 3600 // 900 * 15:02}+02:00"


HEADER = ["time.minute15", "offered", "answered", "avg_wait_seconds", "max_wait_seconds"]
ROWS = []
for keys, calls in groups(quarter, calls=[call for call in CALLS if call.day == date(1999, 2, 7)]):
    waits = values(calls, "wait")
    ROWS.append([*keys, count(calls, "offered"), count(calls, "answered"), mean(waits), max(waits, default=None)])
