SELECT agent AS "agent.name", queue AS "routing.queue.name", count(*) AS conversation_count, count_if(answered) AS handled,
  share(sum(talk), count(talk), 2) AS aht_seconds
FROM calls GROUP BY agent, queue ORDER BY agent NULLS LAST, queue NULLS LAST
