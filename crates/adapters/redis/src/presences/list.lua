-- Answers the connections that are there.
return redis.call('ZRANGE', KEYS[1], 0, -1)
