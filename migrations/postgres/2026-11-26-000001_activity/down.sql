DROP TABLE outbox;
DROP TABLE activities;
