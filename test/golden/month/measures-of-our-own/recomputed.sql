SELECT queue AS "routing.queue.name", share(count_if(answered) * 3600, sum(talk), 2) AS calls_per_talk_hour,
  count_if(offered) - count_if(answered) AS missed,
  share(greatest(0, 100 * count_if(offered) - 500 * count_if(abandoned)), count_if(offered), 2) AS patience_score,
  count_if(talk > 600) AS long_calls, share(count_if(talk > 600), count_if(answered), 4) AS share_of_long_calls
FROM calls WHERE queue IS NOT NULL GROUP BY queue ORDER BY queue
