-- What servers ask.

-- {trace, source, seed, status, events}, or nothing where there is no such run.
function operations.get(run)
  local trace = call('GET', key('run', run))
  if not trace then
    return nil
  end
  local said = call('HMGET', key('trace', trace), 'source', 'seed', 'status', 'events')
  return said[1] and { trace, said[1], said[2], said[3], said[4] }
end

-- The run as `get` tells it, or why not: 'everyone', 'client', or milliseconds for a client who comes too fast. A run that is there already is
-- left as it is. Of a new trace the server hears when there is something to read.
function operations.create(run, trace, name, source, seed, client, life, waiting, waiting_each, most, seconds, server)
  local already = operations.get(run)
  if already then
    return already
  end
  local wait = too_fast(client, most, seconds)
  if wait then
    return wait
  end
  local shared = name ~= '' and call('GET', key('program', name))
  local whose = shared and call('HGET', key('trace', shared), 'client')
  -- What a client has under way it does not share with itself: that is its own load.
  if whose and (whose ~= client or standing(shared)) then
    call('HINCRBY', key('trace', shared), 'runs', 1)
    call('PEXPIRE', key('trace', shared), life)
    call('PEXPIRE', key('events', shared), life)
    call('PEXPIRE', key('program', name), life)
    call('SET', key('run', run), shared, 'PX', life)
    return { shared, source, seed, 'queued', '0' }
  end
  if tonumber(call('GET', key('waiting')) or '0') >= tonumber(waiting) then
    return 'everyone'
  end
  if call('LLEN', key('waiting', client)) >= tonumber(waiting_each) then
    return 'client'
  end
  call('HSET', key('trace', trace), 'key', name, 'source', source, 'seed', seed, 'client', client, 'status', 'queued', 'events', 0, 'runs', 1, 'asked', now())
  call('PEXPIRE', key('trace', trace), life)
  if name ~= '' then
    call('SET', key('program', name), trace, 'PX', life, 'NX')
  end
  call('SET', key('run', run), trace, 'PX', life)
  if call('LLEN', key('waiting', client)) == 0 and not call('HGET', key('running'), client) then
    call('SET', key('had', client), math.max(had(client), tonumber(call('GET', key('served')) or '0')), 'PX', HOUR)
  end
  call('RPUSH', key('waiting', client), trace)
  call('INCR', key('waiting'))
  call('SADD', key('readers', trace), server)
  call('PEXPIRE', key('readers', trace), HOUR)
  enter(client)
  advance()
  return { trace, source, seed, 'queued', '0' }
end

-- {status, events, {last, first, lines}, ...}, or nothing where there is no such run; where all there is was read, the server hears of more.
function operations.read(run, after, size, server)
  local trace = call('GET', key('run', run))
  local said = trace and call('HMGET', key('trace', trace), 'status', 'events')
  if not said or not said[1] then
    return nil
  end
  local log, found, taken, from = key('events', trace), { said[1], said[2] }, 0, '(1-' .. after
  if after == '-1' then
    from = '-'
  end
  local seen, last = tonumber(after), said[2] - 1
  while seen < last and taken < tonumber(size) do
    local entries = call('XRANGE', log, from, '+', 'COUNT', 8)
    if #entries == 0 then
      break
    end
    for _, entry in ipairs(entries) do
      if taken < tonumber(size) then
        seen = tonumber(string.sub(entry[1], 3))
        found[#found + 1] = { seen, entry[2][2], entry[2][4] }
        taken = taken + #entry[2][4]
      end
    end
    from = '(1-' .. string.format('%d', seen)
  end
  if not TERMINAL[said[1]] and (seen >= last or taken == 0) then
    call('SADD', key('readers', trace), server)
    call('PEXPIRE', key('readers', trace), HOUR)
  end
  return found
end

-- How many events are kept after that; -1 where the run has ended. Where others share its trace, it goes on in one of its own, `own`.
function operations.stop(run, own, first, last, lines)
  local trace = call('GET', key('run', run))
  local ended, _, kept = standing(trace or '')
  if ended or kept ~= tonumber(first) then
    return ended and -1 or kept
  end
  local place = key('trace', trace)
  if tonumber(call('HGET', place, 'runs')) > 1 then
    call('HINCRBY', place, 'runs', -1)
    call('COPY', place, key('trace', own))
    call('COPY', key('events', trace), key('events', own))
    call('HDEL', key('trace', own), 'key', 'job', 'host')
    call('HSET', key('trace', own), 'runs', 1)
    call('SET', key('run', run), own, 'KEEPTTL')
    tell(trace)
    return add(own, 'stopped', kept, first, last, lines)
  end
  forget_program(trace)
  call('PUBLISH', prefix .. 'stops', trace)
  return add(trace, 'stopped', kept, first, last, lines)
end
