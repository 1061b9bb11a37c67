from calls import day, groups, mean, share, values

HEADER = ["time.day", "ivr_conversations", "avg_ivr_seconds", "ivr_contained", "ivr_containment_rate"]
ROWS = []
for keys, calls in groups(day):
    menus = values(calls, "menu")
    contained = len(values(calls, "menu", lambda call: not call.offered))
    ROWS.append([*keys, len(menus), mean(menus), contained, share(contained, len(menus))])
