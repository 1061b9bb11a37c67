"""The script of the tutorial that callsheet grew from, with its bugs mended in the smallest way.

    python3 tutorial.py PAGES    PAGES is a folder of details-query answers as they came, gzipped

What was mended, and why:
- It asks for `pageToken` and `results`, which the details query does not have: each saved page's `conversations`.
- Pages are read from disk in place of HTTP, in favour of this script: what it costs to ask is not counted here.
- `timestamp` is no member of a conversation: `conversationStart`.
- `fetch_paginated_details` called itself to merge, for ever: the tutorial's own `merge_sorted_pages` stands there.
- `metrics` is no flat object: durations from start and end, talk and hold from the sessions' metrics, codes from the
  segments, media type and queue from the first session and segment that name one.
- Writing the CSV joined a list and a view of keys, which is an error: `["group_key", *headers]`.
- Scheduling, S3 and sign-in are left out; the report is grouped by media type and queue, as there.

The figures differ from callsheet's (a conversation counts under one queue only, a wrap-up code for each segment):
only the work is compared. The last line on file descriptor 3 is what it cost.
"""

import csv
import gzip
import json
import os
import resource
import sys
import time
from collections import defaultdict
from datetime import datetime


def fetch_paginated_details(folder):
    all_pages = []
    for name in sorted(os.listdir(folder)):
        with gzip.open(os.path.join(folder, name)) as file:
            data = json.load(file)
        if not data.get("conversations"):
            continue
        all_pages.append(sorted(data["conversations"], key=lambda x: x.get("conversationStart", "")))
    return merge_sorted_pages(all_pages)


def merge_sorted_pages(pages):
    if not pages:
        return []
    if len(pages) == 1:
        return pages[0]

    mid = len(pages) // 2
    left = merge_sorted_pages(pages[:mid])
    right = merge_sorted_pages(pages[mid:])

    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i].get("conversationStart", "") <= right[j].get("conversationStart", ""):
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1

    merged.extend(left[i:])
    merged.extend(right[j:])
    return merged


def flatten(conversation):
    record = {"conversation.media.type": None, "routing.queue.id": None, "talk": 0, "hold": 0, "codes": []}
    for participant in conversation.get("participants", []):
        for session in participant.get("sessions", []):
            record["conversation.media.type"] = record["conversation.media.type"] or session.get("mediaType")
            for segment in session.get("segments", []):
                record["routing.queue.id"] = record["routing.queue.id"] or segment.get("queueId")
                if segment.get("wrapUpCode"):
                    record["codes"].append(segment["wrapUpCode"])
            for metric in session.get("metrics", []):
                if metric["name"] == "tTalkComplete":
                    record["talk"] += metric["value"] / 1000
                elif metric["name"] == "tHeldComplete":
                    record["hold"] += metric["value"] / 1000
    return record


def duration_of(conversation):
    start, end = conversation["conversationStart"], conversation.get("conversationEnd")
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() if end else 0


def aggregate_conversation_data(records, group_by_keys):
    groups = defaultdict(
        lambda: {"count": 0, "total_duration": 0.0, "total_talk": 0.0, "total_hold": 0.0, "wrapup_codes": []}
    )
    for conversation in records:
        record = flatten(conversation)
        group = groups[tuple(record.get(k) for k in group_by_keys)]
        group["count"] += 1
        group["total_duration"] += duration_of(conversation)
        group["total_talk"] += record["talk"]
        group["total_hold"] += record["hold"]
        group["wrapup_codes"].extend(record["codes"])

    aggregated = {}
    for key, data in groups.items():
        talk_ratio = data["total_talk"] / data["total_duration"] if data["total_duration"] > 0 else 0
        hold_ratio = data["total_hold"] / data["total_duration"] if data["total_duration"] > 0 else 0
        aggregated[key] = {
            "conversation_count": data["count"],
            "avg_duration_seconds": round(data["total_duration"] / data["count"], 2),
            "talk_ratio": round(talk_ratio, 4),
            "hold_ratio": round(hold_ratio, 4),
            "efficiency_score": round(max(0, 100 - (hold_ratio * 50)), 2),
            "unique_wrapup_codes": list(set(data["wrapup_codes"])),
        }
    return aggregated


def export_to_csv(data, filepath):
    if not data:
        return
    headers = list(data.values())[0].keys()
    with open(filepath, "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, fieldnames=["group_key", *headers])
        writer.writeheader()
        for key, metrics in data.items():
            writer.writerow({"group_key": str(key), **metrics})


def export_to_json(data, filepath):
    with open(filepath, "w", encoding="utf-8") as f:
        json.dump({str(k): v for k, v in data.items()}, f, indent=2, default=str)


if __name__ == "__main__":
    started_at = time.perf_counter()
    records = fetch_paginated_details(sys.argv[1])
    aggregated = aggregate_conversation_data(records, ["conversation.media.type", "routing.queue.id"])
    export_to_csv(aggregated, "report_output.csv")
    export_to_json(aggregated, "report_output.json")
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "wallMs": (time.perf_counter() - started_at) * 1000,
        "cpuMs": (usage.ru_utime + usage.ru_stime) * 1000,
        "peakBytes": usage.ru_maxrss * 1024,
    }
    os.write(3, (json.dumps(cost) + "\n").encode())
