SELECT printf('1999-02-07T%02d:%02d+02:00', hour, entered % 3600 // 900 * 15) AS "time.minute15", count_if(offered) AS offered,
  count_if(answered) AS answered, share(sum(wait), count(wait), 2) AS avg_wait_seconds, max(wait) AS max_wait_seconds
FROM calls WHERE day = DATE '1999-02-07' GROUP BY 1 ORDER BY 1
