SELECT queue AS "routing.queue.name", share(count_if(answered AND wait <= 20), count_if(answered) + count_if(abandoned), 4) AS service_level,
  share(count_if(answered AND wait <= 30), count_if(answered), 4) AS level_of_answered,
  share(count_if(answered AND wait <= CASE queue WHEN 'Stock exchange' THEN 10 ELSE 60 END),
        count_if(answered) + count_if(abandoned), 4) AS level_by_queue
FROM calls WHERE queue IS NOT NULL GROUP BY queue ORDER BY queue
