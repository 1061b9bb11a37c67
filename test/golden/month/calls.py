"""The month of calls, from the raw file by the rules of data/README.md, for the recomputations beside it.

Written from data/README.md and docs/measures.md, without a look at the product. Standard library only. Whole seconds
and exact fractions; a figure is rounded once, half away from zero.
"""

import csv
import gzip
from collections import namedtuple
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

DATA = Path(__file__).parents[3] / "data" / "anonymous-bank-1999-02.tsv.gz"

QUEUES = {
    "PS": "Regular activity",
    "PE": "Regular activity (English)",
    "NW": "New customers",
    "NE": "Stock exchange",
    "IN": "Internet",
    "TT": "Call-back",
}

Call = namedtuple("Call", "queue agent day entered hour duration offered answered abandoned wait talk menu")


def seconds(clock):
    hours, minutes, rest = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60 + rest


def read(row):
    entered = seconds(row["vru_entry"])
    ends = [entered]
    for column in ("vru_exit", "q_exit", "ser_exit"):
        if row[column] != "0:00:00":
            at = seconds(row[column])
            ends.append(at + 86400 if entered - at > 12 * 3600 else at)
    answered = row["outcome"] == "AGENT"
    waited = row["outcome"] == "HANG" and not row["q_start"] == row["q_exit"] == "0:00:00"
    queued = answered or waited
    menu = int(row["vru_time"])
    return Call(
        queue=QUEUES[row["type"]] if queued else None,
        agent=row["server"] if answered and row["server"] != "NO_SERVER" else None,
        day=date(1900 + int(row["date"][:2]), int(row["date"][2:4]), int(row["date"][4:])),
        entered=entered,
        hour=entered // 3600,
        duration=max(ends) - entered,
        offered=queued,
        answered=answered,
        abandoned=waited,
        wait=int(row["q_time"]) if queued else None,
        talk=int(row["ser_time"]) if answered else None,
        menu=menu if menu >= 0 else None,
    )


with gzip.open(DATA, "rt", encoding="latin-1", newline="") as file:
    CALLS = [read(row) for row in csv.DictReader(file, delimiter="\t")]


def groups(*keys, calls=CALLS):
    """Calls by the values of some keys, sorted by them; no value comes last."""
    found = {}
    for call in calls:
        found.setdefault(tuple(key(call) for key in keys), []).append(call)
    order = lambda item: [(value is None, value if value is not None else 0) for value in item[0]]
    return sorted(found.items(), key=order)


def queue(call):
    return call.queue


def agent(call):
    return call.agent


def hour_of_day(call):
    return call.hour


def weekday(call):
    return call.day.isoweekday()


def day(call):
    return call.day.isoformat()


def week(call):
    return (call.day - timedelta(days=call.day.weekday())).isoformat()


def count(calls, what):
    return sum(1 for call in calls if getattr(call, what))


def values(calls, what, where=lambda call: True):
    return [getattr(call, what) for call in calls if getattr(call, what) is not None and where(call)]


def answered(call):
    return call.answered


def abandoned(call):
    return call.abandoned


def rounded(value, decimals):
    """Half away from zero; figures of this month are never negative unless scores are."""
    size = abs(Fraction(value)) * 10**decimals
    whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return float(Fraction(whole if value >= 0 else -whole, 10**decimals))


def share(numerator, denominator, decimals=4):
    return None if denominator == 0 else rounded(Fraction(numerator) / Fraction(denominator), decimals)


def mean(numbers, decimals=2):
    return share(sum(numbers), len(numbers), decimals)


def percentile(numbers, percent):
    if not numbers:
        return None
    line = sorted(numbers)
    place = Fraction((len(line) - 1) * percent, 100)
    low = int(place)
    high = min(low + 1, len(line) - 1)
    return rounded(line[low] + (line[high] - line[low]) * (place - low), 2)


def ranges(numbers, edges):
    """An edge belongs to the range that it closes."""
    bounds = list(zip([-1, *edges], [*edges, None]))
    names = [f"{max(low, 0)}-{high} s" if high is not None else f"over {low} s" for low, high in bounds]
    counts = [sum(1 for value in numbers if value > low and (high is None or value <= high)) for low, high in bounds]
    return "; ".join(f"{name}: {number}" for name, number in zip(names, counts))
