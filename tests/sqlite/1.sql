CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL, kind INT);
CREATE INDEX item_kind ON item(kind, price);
CREATE TABLE kind(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
BEGIN;
INSERT INTO kind WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 16)
  SELECT i, 'kind ' || i FROM n;
INSERT INTO item WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
  SELECT i, printf('item-%05d', (i * 7919) % 50000), (i * 31 % 1000) / 8.0, i % 17 FROM n;
COMMIT;
SELECT count(*), sum(price), min(name), max(name) FROM item;
SELECT kind.name, count(*), round(avg(price), 3) FROM item JOIN kind ON kind.id = item.kind
  GROUP BY kind.id ORDER BY kind.id;
UPDATE item SET price = price + 1 WHERE id % 3 = 0;
DELETE FROM item WHERE id % 10 = 9;
SELECT a.id, b.name FROM item a JOIN item b ON b.id = a.id * 2 WHERE a.kind = 5
  ORDER BY a.price DESC, a.id LIMIT 10;
SELECT upper(hex(name)), length(name), typeof(price), quote(price) FROM item LIMIT 3;
SELECT name FROM item WHERE name LIKE '%777%' ORDER BY name LIMIT 20;
