-- The month of calls as a table, from the raw file by the rules of data/README.md, for the recomputations beside it. Written
-- from data/README.md and docs/measures.md, without a look at the product's own SQL. Whole seconds; every quotient is
-- rounded in whole numbers, half away from zero, so that nothing depends on binary fractions.

CREATE MACRO seconds(clock) AS
  split_part(clock, ':', 1)::INT * 3600 + split_part(clock, ':', 2)::INT * 60 + split_part(clock, ':', 3)::INT;

-- A clock time more than twelve hours before the entry belongs to the next date; 0:00:00 did not happen.
CREATE MACRO happened(clock, entry) AS
  CASE WHEN clock = '0:00:00' THEN NULL
       WHEN seconds(entry) - seconds(clock) > 43200 THEN seconds(clock) + 86400
       ELSE seconds(clock) END;

-- numerator / denominator to so many decimals; nothing over nothing.
CREATE MACRO share(numerator, denominator, decimals) AS
  CASE WHEN denominator > 0 THEN
    ((2 * numerator::HUGEINT * (10 ** decimals)::HUGEINT + denominator::HUGEINT) // (2 * denominator::HUGEINT))::DOUBLE
      / 10 ** decimals END;

-- The value at (n - 1) * percent, in proportion between two neighbours, in exact hundredths.
CREATE MACRO percentile(numbers, percent) AS
  CASE WHEN len(numbers) > 0 THEN
    (list_sort(numbers)[(len(numbers) - 1) * percent // 100 + 1] * (100 - (len(numbers) - 1) * percent % 100)
      + list_sort(numbers)[((len(numbers) - 1) * percent + 99) // 100 + 1] * ((len(numbers) - 1) * percent % 100)) / 100.0 END;

CREATE TABLE calls AS
WITH raw AS (
  SELECT *, outcome = 'AGENT' AS served,
    outcome <> 'PHANTOM' AND (outcome = 'AGENT' OR q_start <> '0:00:00' OR q_exit <> '0:00:00') AS reached_queue
  FROM read_csv('data/anonymous-bank-1999-02.tsv.gz', delim = '\t', header = true, all_varchar = true)
)
SELECT
  CASE WHEN reached_queue THEN
    CASE type WHEN 'PS' THEN 'Regular activity' WHEN 'PE' THEN 'Regular activity (English)' WHEN 'NW' THEN 'New customers'
              WHEN 'NE' THEN 'Stock exchange' WHEN 'IN' THEN 'Internet' WHEN 'TT' THEN 'Call-back' END END AS queue,
  CASE WHEN served AND server <> 'NO_SERVER' THEN server END AS agent,
  make_date(1999, substr(date, 3, 2)::INT, substr(date, 5, 2)::INT) AS day,
  seconds(vru_entry) AS entered,
  seconds(vru_entry) // 3600 AS hour,
  greatest(seconds(vru_entry), coalesce(happened(vru_exit, vru_entry), 0), coalesce(happened(q_exit, vru_entry), 0),
           coalesce(happened(ser_exit, vru_entry), 0)) - seconds(vru_entry) AS duration,
  reached_queue AS offered,
  served AS answered,
  reached_queue AND outcome = 'HANG' AS abandoned,
  CASE WHEN reached_queue THEN q_time::INT END AS wait,
  CASE WHEN served THEN ser_time::INT END AS talk,
  CASE WHEN vru_time::INT >= 0 THEN vru_time::INT END AS menu
FROM raw;
