ALTER TABLE graph_subscriptions DROP COLUMN confirmed_at;
