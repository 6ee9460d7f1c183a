PRAGMA integrity_check;
SELECT count(*), sum(price) FROM item;
CREATE TABLE joined AS SELECT kind, group_concat(name, ',') names
  FROM (SELECT * FROM item ORDER BY id LIMIT 100) GROUP BY kind;
SELECT * FROM joined ORDER BY kind;
BEGIN;
DELETE FROM item;
SELECT count(*) FROM item;
ROLLBACK;
SELECT count(*) FROM item;
SELECT id, sum(price) OVER (ORDER BY id ROWS 2 PRECEDING) FROM item ORDER BY id LIMIT 12;
VACUUM;
PRAGMA page_count;
PRAGMA integrity_check;
INSERT INTO kind VALUES (100, 'kind 3');
