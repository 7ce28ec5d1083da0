-- Every change of the store in Redis, each one step that happens whole or not at all.
--
-- KEYS[1] is the prefix of all keys, ARGV[1] the operation, ARGV[2] how many jobs of one client may be out at a time. Keys:
--   run:{id}          the trace of a run                    trace:{t}    hash: what is known of a trace
--   program:{key}     the trace that such programs share    events:{t}   stream: a batch an entry, named 1-{last seq}, for 0-0 is refused
--   waiting:{client}  list: traces that wait                waiting      how many wait in all
--   turns             sorted set: clients whose turn comes, by the time they have had
--   had:{client}      that time, in milliseconds            served       that of the client who was served last
--   entered           how many have come into `turns`       running      hash: how many jobs of each client are out
--   long:{client}     there where the client's last job was a long one
--   usual             how long jobs took lately, in the mean
--   lanes             hash: how many jobs each host does at a time
--   short             there while a short job went out lately
--   jobs              stream: jobs that are out, for the group `hosts`
--   hosts             sorted set: hosts by the time of their last sign of life
--   rate:...          how many programs each client brought lately, as the library `limits` counts
--   readers:{t}       set: servers that have read all there is of a trace and are to be told of more
-- Channels: `changes:{server}` and `stops`, each message a trace.

local prefix, operation, running_each = KEYS[1], ARGV[1], tonumber(ARGV[2])
local call = redis.call
local GROUP = 'hosts'
local PASSED = 50 -- clients who are passed over at most to find one who brings short jobs
local AHEAD = 4 -- jobs that are out although no host has taken them yet: few, so that turns stay fair
local GUESS, QUANTUM, LONG, SHORTLY = 10, 250, 150, 1000 -- milliseconds, as app/turns.py has them
local MUCH, LATELY = 4, 16
local HOUR = 3600000
local PLACES = 1000000
local TERMINAL = { finished = true, failed = true, limited = true, stopped = true }

local function key(kind, name)
  return name and prefix .. kind .. ':' .. name or prefix .. kind
end

local JOBS, TURNS = key('jobs'), key('turns')

local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function has_ended(trace)
  local status = call('HGET', key('trace', trace), 'status')
  return not status or TERMINAL[status]
end

local function ensure_group()
  if call('EXISTS', JOBS) == 0 then
    call('XGROUP', 'CREATE', JOBS, GROUP, '0', 'MKSTREAM')
  end
end

local function had(client)
  return tonumber(call('GET', key('had', client)) or '0')
end

-- Where a client stands among the others: who had the least time first, among equals who came first.
local function stand(client)
  local place = call('INCR', key('entered')) % PLACES
  call('ZADD', TURNS, math.floor(had(client) / QUANTUM) * PLACES + place, client)
end

-- The client has had so much time more. A client who is away for an hour is as good as new.
local function spend(client, time)
  local before = had(client)
  call('SET', key('had', client), before + time, 'PX', HOUR)
  if math.floor(before / QUANTUM) ~= math.floor((before + time) / QUANTUM) and call('ZSCORE', TURNS, client) then
    stand(client)
  end
end

-- The client is among `turns` exactly if one of its jobs waits and one more may go out.
local function enter(client)
  local out = tonumber(call('HGET', key('running'), client) or '0')
  if out < running_each and call('LLEN', key('waiting', client)) > 0 and not call('ZSCORE', TURNS, client) then
    stand(client)
  end
end

-- Whether one more job of those who bring long ones may go out: not all lanes are theirs while others bring short ones.
local function room_for_long()
  if call('EXISTS', key('short')) == 0 then
    return true
  end
  local lanes, out, running = 0, 0, call('HGETALL', key('running'))
  for _, count in ipairs(call('HVALS', key('lanes'))) do
    lanes = lanes + count
  end
  for place = 1, #running, 2 do
    if call('EXISTS', key('long', running[place])) == 1 then
      out = out + running[place + 1]
    end
  end
  return out < math.max(lanes - 1, 1)
end

local function advance()
  ensure_group()
  local ready = call('XLEN', JOBS) - call('XPENDING', JOBS, GROUP)[1]
  local later, room = {}, nil
  while ready < AHEAD and #later < 2 * PASSED do
    local client, score = unpack(call('ZPOPMIN', TURNS))
    if not client then
      break
    end
    local long = call('EXISTS', key('long', client)) == 1
    if not long then
      call('SET', key('short'), '', 'PX', SHORTLY)
    elseif room == nil then
      room = room_for_long()
    end
    local trace
    if long and not room then
      later[#later + 1] = score
      later[#later + 1] = client
    else
      trace, room = call('LPOP', key('waiting', client)), nil
    end
    if trace then
      call('DECR', key('waiting'))
      call('HINCRBY', key('running'), client, 1)
      call('SET', key('served'), math.max(tonumber(call('GET', key('served')) or '0'), had(client)))
      spend(client, GUESS)
      call('HSET', key('trace', trace), 'job', call('XADD', JOBS, '*', 'trace', trace))
      ready = ready + 1
      enter(client)
    end
  end
  if #later > 0 then
    call('ZADD', TURNS, unpack(later))
  end
end

-- Servers that read the trace and wait for more hear of it, once.
local function tell(trace)
  local readers = key('readers', trace)
  for _, server in ipairs(call('SMEMBERS', readers)) do
    call('PUBLISH', key('changes', server), trace)
  end
  call('DEL', readers)
end

-- The trace has ended: its place, out or waiting, is free.
local function free(trace)
  local said = call('HMGET', key('trace', trace), 'job', 'client', 'begun')
  local job, client, begun = said[1], said[2], said[3]
  if job then
    local took = begun and now() - begun or 0
    spend(client, took - GUESS)
    local usual = tonumber(call('GET', key('usual')) or '0')
    call('SET', key('usual'), usual + (took - usual) / LATELY, 'PX', HOUR)
    if took >= math.max(LONG, MUCH * usual) then
      call('SET', key('long', client), '', 'PX', HOUR)
    else
      call('DEL', key('long', client))
    end
    call('HDEL', key('trace', trace), 'job')
    call('XACK', JOBS, GROUP, job)
    call('XDEL', JOBS, job)
    if call('HINCRBY', key('running'), client, -1) <= 0 then
      call('HDEL', key('running'), client)
    end
    enter(client)
    advance()
  elseif client and call('LREM', key('waiting', client), 1, trace) > 0 then
    call('DECR', key('waiting'))
    if call('LLEN', key('waiting', client)) == 0 then
      call('ZREM', TURNS, client)
    end
  end
  call('HSET', key('trace', trace), 'client', '') -- who it was is no longer needed
end

local function forget_program(trace)
  local name = call('HGET', key('trace', trace), 'key')
  if name and name ~= '' and call('GET', key('program', name)) == trace then
    call('DEL', key('program', name))
  end
end

-- The batches (first, last, lines, ...) are kept, if they go on where the trace stands; returns how many events are kept after that.
local function add(trace, status, ...)
  local place, log, batches = key('trace', trace), key('events', trace), { ... }
  local kept = tonumber(call('HGET', place, 'events'))
  if kept ~= tonumber(batches[1]) then
    return kept
  end
  for at = 1, #batches, 3 do
    call('XADD', log, '1-' .. batches[at + 1], 'first', batches[at], 'lines', batches[at + 2])
  end
  if kept == 0 then
    call('PEXPIRE', log, call('PTTL', place))
  end
  kept = batches[#batches - 1] + 1
  call('HSET', place, 'events', kept, 'status', status)
  if TERMINAL[status] then
    free(trace)
  end
  tell(trace)
  return kept
end

local operations = {}

-- {trace, source, seed, status, events}, or nothing where there is no such run.
function operations.get(run)
  local trace = call('GET', key('run', run))
  if not trace then
    return nil
  end
  local said = call('HMGET', key('trace', trace), 'source', 'seed', 'status', 'events')
  return said[1] and { trace, said[1], said[2], said[3], said[4] }
end

-- The run as `get` tells it, or why not: 'everyone', 'client'. A run that is there already is left as it is.
function operations.create(run, trace, name, source, seed, client, life, waiting, waiting_each)
  local already = operations.get(run)
  if already then
    return already
  end
  local shared = name ~= '' and call('GET', key('program', name))
  local whose = shared and call('HGET', key('trace', shared), 'client')
  -- What a client has under way it does not share with itself: that is its own load.
  if whose and (whose ~= client or has_ended(shared)) then
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

-- A job that a host has got from the stream: {entry, trace, source, seed, client, events, attempt, milliseconds it waited}, or nothing where it
-- is dealt with.
function operations.begin(entry, trace, host)
  local place = key('trace', trace)
  if has_ended(trace) or call('HGET', place, 'job') ~= entry then
    call('XACK', JOBS, GROUP, entry)
    call('XDEL', JOBS, entry)
    return nil
  end
  local said, time = call('HMGET', place, 'source', 'seed', 'events', 'attempt', 'client', 'asked'), now()
  local attempt = (said[4] or 0) + 1
  call('HSET', place, 'host', host, 'status', 'running', 'begun', time, 'attempt', attempt)
  return { entry, trace, said[1], said[2], said[5], said[3], attempt, time - said[6] }
end

-- The job whose turn it is, begun; nothing where none waits.
function operations.next(host)
  ensure_group()
  local found = call('XREADGROUP', 'GROUP', GROUP, host, 'COUNT', 1, 'STREAMS', JOBS, '>')
  local entry = found and found[1] and found[1][2][1]
  return entry and operations.begin(entry[1], entry[2][2], host)
end

-- How many events are kept after that; -1 where the trace has ended, -2 where another host goes on with it.
function operations.append(trace, host, status, ...)
  local place, batches = key('trace', trace), { ... }
  if has_ended(trace) then -- perhaps by these very batches, whose answer was lost
    local said, after = call('HMGET', place, 'events', 'status'), batches[#batches - 1] + 1
    return said[1] and tonumber(said[1]) == after and said[2] == status and after or -1
  end
  if call('HGET', place, 'host') ~= host then
    return -2
  end
  return add(trace, status, ...)
end

-- As append, and nobody else will share the trace.
function operations.finish(trace, host, status, first, last, lines)
  if has_ended(trace) then
    return -1
  end
  if call('HGET', key('trace', trace), 'host') ~= host then
    return -2
  end
  forget_program(trace)
  return add(trace, status, first, last, lines)
end

-- How many events are kept after that; -1 where the run has ended. Where others share its trace, it goes on in one of its own, `own`.
function operations.stop(run, own, first, last, lines)
  local trace = call('GET', key('run', run))
  if not trace or has_ended(trace) then
    return -1
  end
  local place = key('trace', trace)
  if call('HGET', place, 'events') ~= first then
    return tonumber(call('HGET', place, 'events'))
  end
  if tonumber(call('HGET', place, 'runs')) > 1 then
    call('HINCRBY', place, 'runs', -1)
    call('COPY', place, key('trace', own))
    call('COPY', key('events', trace), key('events', own))
    call('HDEL', key('trace', own), 'key', 'job', 'host')
    call('HSET', key('trace', own), 'runs', 1)
    call('SET', key('run', run), own, 'KEEPTTL')
    tell(trace)
    return add(own, 'stopped', first, last, lines)
  end
  forget_program(trace)
  call('PUBLISH', prefix .. 'stops', trace)
  return add(trace, 'stopped', first, last, lines)
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
    if call('HGET', key('trace', trace), 'host') == host and not has_ended(trace) then
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
  if call('HGET', key('trace', trace), 'host') == host and not has_ended(trace) then
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

-- {waiting, out, hosts that live}
function operations.load(alive)
  return {
    tonumber(call('GET', key('waiting')) or '0'),
    call('XLEN', JOBS),
    call('ZCOUNT', key('hosts'), now() - alive, '+inf'),
  }
end

function operations.probe()
  call('SET', key('probe'), '', 'PX', 1000)
end

return operations[operation](unpack(ARGV, 3))
