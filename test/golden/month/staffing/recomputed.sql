SELECT isodow(day) AS "time.day_of_week", hour AS "time.hour_of_day", count_if(offered) AS offered,
  count_if(answered) AS handled, count(DISTINCT agent) AS agents
FROM calls GROUP BY ALL ORDER BY 1, 2
