-- Numbers, keeps and spreads an event. KEYS: the room's count, its stream, its channel, and what remembers the event's key
-- if it has one. ARGV: an epoch for a room without a count, the event, how many events are kept, how long in
-- milliseconds, how long the count is. Answers the position as 'epoch offset'.
if KEYS[4] then
  local before = redis.call('GET', KEYS[4])
  if before then
    return before
  end
end
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'offset', 0)
end
local offset = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'offset', 1))
local position = epoch .. ' ' .. offset
redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[3], offset .. '-0', 'e', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
if KEYS[4] then
  redis.call('SET', KEYS[4], position, 'PX', ARGV[4])
end
redis.call('PUBLISH', KEYS[3], position .. ' ' .. ARGV[2])
return position
