-- Enters connections, or keeps them. ARGV: how long each is remembered in milliseconds, and the connections. Answers 1 when
-- one of them is its user's first.
local first = 0
for i = 2, #ARGV do
  if redis.call('ZADD', KEYS[1], now + ARGV[1], ARGV[i]) == 1 then
    if redis.call('HINCRBY', KEYS[2], string.sub(ARGV[i], 1, 36), 1) == 1 then
      first = 1
    end
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2)
redis.call('PEXPIRE', KEYS[2], ARGV[1] * 2)
return first
