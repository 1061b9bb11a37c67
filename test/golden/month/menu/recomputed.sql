SELECT strftime(day, '%Y-%m-%d') AS "time.day", count(menu) AS ivr_conversations,
  share(sum(menu), count(menu), 2) AS avg_ivr_seconds, count_if(menu IS NOT NULL AND NOT offered) AS ivr_contained,
  share(count_if(menu IS NOT NULL AND NOT offered), count(menu), 4) AS ivr_containment_rate
FROM calls GROUP BY day ORDER BY day
