-- When Graph last said that it has the subscription: it was created or renewed.
ALTER TABLE graph_subscriptions ADD COLUMN confirmed_at timestamptz;
