SELECT strftime(day, '%Y-%m-%d') || printf('T%02d:%02d:%02d.000+02:00', hour, entered // 60 % 60, entered % 60) AS "conversation.start",
  queue AS "routing.queue.name", agent AS "agent.name", talk AS "agent.talk.seconds"
FROM calls WHERE queue = 'Stock exchange' AND talk >= 1200 ORDER BY day, entered
