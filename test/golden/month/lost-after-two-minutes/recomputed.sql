SELECT hour AS "time.hour_of_day", count(*) AS abandoned, share(sum(wait), count(*), 2) AS avg_abandon_seconds,
  max(wait) AS max_abandon_wait_seconds
FROM calls WHERE abandoned AND wait > 120 GROUP BY hour ORDER BY hour
