-- Where a room is, and what came after a position. KEYS: the room's count, its stream. ARGV: an epoch for a room without a
-- count, how long a count is kept in milliseconds, how many events are wanted, the epoch and the offset of the position,
-- the first wanted entry's id, and 1 if the position was certainly reached.
local count = redis.call('HMGET', KEYS[1], 'epoch', 'offset')
local forgotten = count[1] == ARGV[4] and ARGV[7] == '1' and tonumber(count[2]) < tonumber(ARGV[5])
-- A server that came back with older data would give offsets a second time.
if not count[1] or forgotten then
  count = { ARGV[1], '0' }
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', count[1], 'offset', 0)
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if ARGV[3] == '0' or count[1] ~= ARGV[4] then
  return { count[1], count[2], {} }
end
return { count[1], count[2], redis.call('XRANGE', KEYS[2], ARGV[6], '+', 'COUNT', ARGV[3]) }
