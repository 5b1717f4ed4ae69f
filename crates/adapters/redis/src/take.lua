-- GCRA: KEYS[1] holds the theoretical arrival time. ARGV: microseconds of one request, requests of a whole quota.
-- Answers the wait, the requests left and the time until the quota is whole, times in microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local whole = interval * tonumber(ARGV[2])
local stored = tonumber(redis.call('GET', KEYS[1]) or now) or now

-- An arrival further off than a window is of a larger quota before this one, or of a clock that was set back since.
local arrival = math.min(math.max(stored, now), now + whole)
local wait = arrival + interval - whole - now
if wait <= 0 then
  arrival = arrival + interval
end
if arrival ~= stored then
  redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000))
end
if wait > 0 then
  return { wait, 0, arrival - now }
end
return { 0, math.floor((now + whole - arrival) / interval), arrival - now }
