-- KEYS: a sorted set of 'user connection since' by the time at which each is forgotten, and a count of each user's.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Counts one connection less, and says whether it was the user's last.
local function less(member)
  local user = string.sub(member, 1, 36)
  if redis.call('HINCRBY', KEYS[2], user, -1) > 0 then
    return 0
  end
  redis.call('HDEL', KEYS[2], user)
  return 1
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], member)
  less(member)
end
