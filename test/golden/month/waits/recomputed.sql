SELECT queue AS "routing.queue.name", coalesce(sum(wait), 0) AS wait_seconds, share(sum(wait), count(wait), 2) AS avg_wait_seconds,
  percentile(list(wait) FILTER (offered), 50) AS p50_wait_seconds, percentile(list(wait) FILTER (offered), 90) AS p90_wait_seconds,
  percentile(list(wait) FILTER (offered), 95) AS p95_wait_seconds, max(wait) AS max_wait_seconds,
  percentile(list(wait) FILTER (answered), 90) AS p90_answer_wait_seconds,
  percentile(list(wait) FILTER (abandoned), 90) AS p90_abandon_wait_seconds
FROM calls GROUP BY queue ORDER BY queue NULLS LAST
