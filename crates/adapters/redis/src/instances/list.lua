-- The instances that are there, each as its id and what it said. KEYS: when each is gone, and what each said.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')) do
  local state = redis.call('HGET', KEYS[2], id)
  if state then
    table.insert(found, { id, state })
  end
end
return found
