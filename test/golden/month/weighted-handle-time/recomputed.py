from fractions import Fraction

from calls import groups, mean, share, values, week

WEIGHTS = {"Stock exchange": Fraction(2), "Call-back": Fraction(1, 2)}
HEADER = ["time.week", "handle_seconds", "aht_seconds", "weighted_aht_seconds"]
ROWS = []
for keys, calls in groups(week):
    talk = values(calls, "talk")
    weighed = [(WEIGHTS.get(call.queue, Fraction(1)), call.talk) for call in calls if call.answered]
    ROWS.append([*keys, sum(talk), mean(talk),
                 share(sum(weight * length for weight, length in weighed), sum(weight for weight, _ in weighed), 2)])
