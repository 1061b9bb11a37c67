-- Weights doubled, so that they are whole: 4, 1 and 2.
SELECT strftime(date_trunc('week', day), '%Y-%m-%d') AS "time.week", sum(talk) AS handle_seconds,
  share(sum(talk), count(talk), 2) AS aht_seconds,
  share(sum(talk * weight), sum(weight) FILTER (answered), 2) AS weighted_aht_seconds
FROM (SELECT *, CASE queue WHEN 'Stock exchange' THEN 4 WHEN 'Call-back' THEN 1 ELSE 2 END AS weight FROM calls)
GROUP BY 1 ORDER BY 1
