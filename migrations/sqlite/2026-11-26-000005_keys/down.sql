DROP TABLE prekeys;
DROP TABLE devices;
DROP TABLE key_changes;
DROP TABLE key_positions;
DROP TABLE key_log;
DROP TABLE public_keys;
