-- An instance goes. KEYS: when each is gone, and what each said. ARGV: its id.
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
