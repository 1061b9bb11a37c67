SELECT queue AS "routing.queue.name", isodow(day) AS "time.day_of_week", count(*) AS conversation_count, count_if(offered) AS offered,
  count_if(answered) AS answered, sum(talk) AS talk_seconds, share(sum(wait), count(*), 2) AS asa_seconds
FROM calls WHERE talk >= 600 GROUP BY ALL ORDER BY 1, 2
