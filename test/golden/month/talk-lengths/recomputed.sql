SELECT queue AS "routing.queue.name",
  printf('0-60 s: %d; 60-180 s: %d; 180-600 s: %d; over 600 s: %d',
    count_if(answered AND talk <= 60),
    count_if(answered AND talk <= 180 AND talk > 60),
    count_if(answered AND talk <= 600 AND talk > 180),
    count_if(answered AND talk > 600)) AS handle_counts,
  percentile(list(talk) FILTER (answered), 50) AS p50_talk_seconds, percentile(list(talk) FILTER (answered), 90) AS p90_talk_seconds,
  percentile(list(talk) FILTER (answered), 95) AS p95_talk_seconds, max(talk) AS max_talk_seconds
FROM calls WHERE queue IS NOT NULL GROUP BY queue ORDER BY queue
