-- Numbers, keeps and spreads events of one room. KEYS: the room's count, its stream, its channel, and what remembers the
-- event's key if it is one event and has one. ARGV: an epoch for a room without a count, how many events are kept, how long
-- in milliseconds, how long the count is, and the events. Answers the position of the first as 'epoch offset'.
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
local events = #ARGV - 4
local before = redis.call('HINCRBY', KEYS[1], 'offset', events) - events
local position = epoch .. ' ' .. string.format('%.0f', before + 1)
for event = 1, events do
  local id = string.format('%.0f-0', before + event)
  redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[2], id, 'e', ARGV[4 + event])
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if KEYS[4] then
  redis.call('SET', KEYS[4], position, 'PX', ARGV[3])
end
redis.call('PUBLISH', KEYS[3], position .. ' ' .. table.concat(ARGV, '\30', 5))
return position
