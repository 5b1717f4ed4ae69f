DROP TABLE graph_notifications;
DROP TABLE graph_subscriptions;
DROP TABLE graph_certificates;
DROP TABLE graph_batches;
