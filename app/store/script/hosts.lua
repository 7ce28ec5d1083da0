-- What worker hosts ask.

-- A job that a host has got from the stream: {entry, trace, source, seed, client, events, attempt, milliseconds it waited, whether it is taken to be
-- long}, or nothing where it is dealt with.
function operations.begin(entry, trace, host)
  local place = key('trace', trace)
  if standing(trace) or call('HGET', place, 'job') ~= entry then
    call('XACK', JOBS, GROUP, entry)
    call('XDEL', JOBS, entry)
    return nil
  end
  local said = call('HMGET', place, 'source', 'seed', 'events', 'attempt', 'client', 'asked')
  local attempt = (said[4] or 0) + 1
  call('HSET', place, 'host', host, 'status', 'running', 'attempt', attempt)
  return { entry, trace, said[1], said[2], said[5], said[3], attempt, now() - said[6], call('EXISTS', key('long', said[5])) }
end

-- The job whose turn it is, begun; nothing where none waits.
function operations.next(host)
  ensure_group()
  local found = call('XREADGROUP', 'GROUP', GROUP, host, 'COUNT', 1, 'STREAMS', JOBS, '>')
  local entry = found and found[1] and found[1][2][1]
  return entry and operations.begin(entry[1], entry[2][2], host)
end

-- How many events are kept after that; -1 where the trace has ended, -2 where another host goes on with it. It has spent so many milliseconds of a
-- processor's time, and is a long one or not ('1' or '0').
function operations.append(trace, host, status, spent, long, ...)
  local ended, whose, kept, so = standing(trace)
  if ended then -- perhaps by these very batches, whose answer was lost
    local batches = { ... }
    return so == status and kept == batches[#batches - 1] + 1 and kept or -1
  end
  if whose ~= host then
    return -2
  end
  note_length(trace, spent, long)
  return add(trace, status, kept, ...)
end

-- As append, and nobody else will share the trace.
function operations.finish(trace, host, status, spent, long, first, last, lines)
  local ended, whose, kept = standing(trace)
  if ended or whose ~= host then
    return ended and -1 or -2
  end
  forget_program(trace)
  note_length(trace, spent, long)
  return add(trace, status, kept, first, last, lines)
end

-- The host (one without a name only looks after the stream), which does so many jobs at a time, lives: none of its jobs (trace, entry, ...) is an orphan. Returns those that are not its any more.
function operations.beat(host, lanes, ...)
  ensure_group()
  if host ~= '' then
    call('ZADD', key('hosts'), now(), host)
    call('HSET', key('lanes'), host, lanes)
  end
  local lost, held = {}, { ... }
  for place = 1, #held, 2 do
    local trace, entry = held[place], held[place + 1]
    local ended, whose = standing(trace)
    if whose == host and not ended then
      call('XCLAIM', JOBS, GROUP, host, 0, entry, 'JUSTID')
    else
      lost[#lost + 1] = trace
    end
  end
  for _, gone in ipairs(call('ZRANGEBYSCORE', key('hosts'), '-inf', now() - 60000)) do
    if #call('XPENDING', JOBS, GROUP, '-', '+', 1, gone) == 0 then
      call('XGROUP', 'DELCONSUMER', JOBS, GROUP, gone)
      call('ZREM', key('hosts'), gone)
      call('HDEL', key('lanes'), gone)
    end
  end
  return lost
end

-- The job is anyone's.
function operations.let_go(trace, entry, host)
  local ended, whose = standing(trace)
  if whose == host and not ended then
    call('HDEL', key('trace', trace), 'host')
    call('XCLAIM', JOBS, GROUP, host, 0, entry, 'IDLE', 86400000, 'JUSTID')
  end
end

-- The host does no more; what it was given and has not begun to hold is anyone's.
function operations.leave(host)
  ensure_group()
  call('ZREM', key('hosts'), host)
  call('HDEL', key('lanes'), host)
  for _, pending in ipairs(host == '' and {} or call('XPENDING', JOBS, GROUP, '-', '+', 100, host)) do
    call('XCLAIM', JOBS, GROUP, host, 0, pending[1], 'IDLE', 86400000, 'JUSTID')
  end
end
