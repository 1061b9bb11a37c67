SELECT queue AS "routing.queue.name", count(*) AS conversation_count, count_if(offered) AS offered, count_if(answered) AS answered,
  count_if(abandoned) AS abandoned, share(count_if(abandoned), count_if(offered), 4) AS abandon_rate,
  share(count_if(answered), count_if(offered), 4) AS answer_rate,
  share(sum(wait) FILTER (answered), count_if(answered), 2) AS asa_seconds,
  share(sum(talk), count(talk), 2) AS avg_talk_seconds, share(sum(talk), count(talk), 2) AS aht_seconds
FROM calls GROUP BY queue ORDER BY queue NULLS LAST
