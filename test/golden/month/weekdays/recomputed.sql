SELECT isodow(day) AS "time.day_of_week", count_if(offered) AS offered, count_if(abandoned) AS abandoned,
  share(count_if(abandoned), count_if(offered), 4) AS abandon_rate,
  share(sum(wait) FILTER (abandoned), count_if(abandoned), 2) AS avg_abandon_seconds
FROM calls GROUP BY ALL ORDER BY 1
