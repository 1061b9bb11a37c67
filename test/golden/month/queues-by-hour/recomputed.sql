SELECT queue AS "routing.queue.name", hour AS "time.hour_of_day", count_if(offered) AS offered, count_if(answered) AS answered,
  count_if(abandoned) AS abandoned, share(count_if(abandoned), count_if(offered), 4) AS abandon_rate,
  share(sum(wait) FILTER (answered), count_if(answered), 2) AS asa_seconds
FROM calls GROUP BY queue, hour ORDER BY queue NULLS LAST, hour
