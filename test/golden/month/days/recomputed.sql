SELECT strftime(day, '%Y-%m-%d') AS "time.day", count(*) AS conversation_count, count_if(offered) AS offered,
  count_if(answered) AS answered, count_if(abandoned) AS abandoned,
  share(count_if(answered), count_if(offered), 4) AS answer_rate, coalesce(sum(talk), 0) AS talk_seconds
FROM calls GROUP BY day ORDER BY day
