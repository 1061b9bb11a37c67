from calls import CALLS


def start(call):
    return f"{call.day}T{call.hour:02}:{call.entered // 60 % 60:02}:{call.entered % 60:02}.000+02:00"


HEADER = ["conversation.start", "routing.queue.name", "agent.name", "agent.talk.seconds"]
LONG = [call for call in CALLS if call.queue == "Stock exchange" and call.answered and call.talk >= 1200]
ROWS = sorted([start(call), call.queue, call.agent, call.talk] for call in LONG)
