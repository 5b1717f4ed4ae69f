-- Counts a failure of the account KEYS[1]. ARGV: milliseconds until it is forgotten, then the waits in microseconds after
-- one failure, two, and so on; the last one is for all more.
local time = redis.call('TIME')
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
local wait = tonumber(ARGV[1 + math.min(count, #ARGV - 1)])
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', time[1] * 1000000 + time[2] + wait))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return count
