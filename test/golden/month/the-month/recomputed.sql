-- No call of this month comes to a second queue.
SELECT count(*) AS conversation_count, count_if(answered) AS handled_conversations, count_if(offered) AS offered,
  count_if(answered) AS answered, count_if(abandoned) AS abandoned,
  share(count_if(abandoned), count_if(offered), 4) AS abandon_rate,
  share(sum(wait) FILTER (answered), count_if(answered), 2) AS asa_seconds, share(sum(duration), count(*), 2) AS avg_duration_seconds,
  percentile(list(duration), 90) AS p90_duration_seconds, share(sum(talk), sum(duration), 4) AS talk_ratio,
  count(DISTINCT agent) AS agents, count_if(offered) AS first_queue_offered,
  share(count_if(abandoned), count_if(offered), 4) AS first_queue_abandon_rate, 0 AS requeued
FROM calls
