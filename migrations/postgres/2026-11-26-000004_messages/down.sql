DROP TABLE message_retention;
DROP TABLE message_settings;
DROP TABLE conversations;
DROP TABLE device_cursors;
DROP TABLE deliveries;
DROP TABLE purged_messages;
DROP TABLE messages;
DROP TABLE mailboxes;
