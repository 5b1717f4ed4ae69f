-- How many microseconds the account KEYS[1] still waits.
local ends = tonumber(redis.call('HGET', KEYS[1], 'until') or 0)
local time = redis.call('TIME')
return math.max(0, ends - (time[1] * 1000000 + time[2]))
