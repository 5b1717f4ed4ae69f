-- SQLite alone is concerned.
SELECT 1;
