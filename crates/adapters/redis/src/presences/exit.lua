-- Takes a connection out. ARGV: the connection. Answers 1 when it was its user's last.
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then
  return less(ARGV[1])
end
return 0
