SELECT agent AS "agent.name", count(*) AS handled, sum(talk) AS talk_seconds, share(sum(talk), count(*), 2) AS aht_seconds,
  percentile(list(talk), 50) AS p50_talk_seconds, max(talk) AS max_talk_seconds
FROM calls WHERE agent IS NOT NULL GROUP BY agent ORDER BY agent
