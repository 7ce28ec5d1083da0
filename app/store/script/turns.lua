-- Whose turn it is, as app/turns.py has it for one server.

local running_each = tonumber(ARGV[2])
local TURNS = key('turns')
local PASSED = 50 -- clients who are passed over at most to find one who brings short jobs
local AHEAD = 4 -- jobs that are out although no host has taken them yet: few, so that turns stay fair
local GUESS, QUANTUM = 10, 50 -- milliseconds, as app/turns.py has them
local PLACES = 1000000

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

-- Whether one more job of those who bring long ones may go out: they are as many as there are lanes, where no short one is.
local function room_for_long()
  local lanes, out, running = 0, 0, call('HGETALL', key('running'))
  for _, count in ipairs(call('HVALS', key('lanes'))) do
    lanes = lanes + count
  end
  for place = 1, #running, 2 do
    if call('EXISTS', key('long', running[place])) == 1 then
      out = out + running[place + 1]
    end
  end
  return out < math.max(lanes, 1)
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
    if long and room == nil then
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

-- The trace has had so many milliseconds; whoever brought one that is long ('1') is taken to bring such again.
local function note_length(trace, spent, long)
  call('HSET', key('trace', trace), 'spent', spent, 'long', long)
  if long == '1' then
    call('SET', key('long', call('HGET', key('trace', trace), 'client')), '', 'PX', HOUR)
  end
end

-- The trace has ended: its place, out or waiting, is free.
local function free(trace)
  local said = call('HMGET', key('trace', trace), 'job', 'client', 'spent', 'long')
  local job, client, spent, long = said[1], said[2], said[3], said[4]
  if job then
    spend(client, (spent or GUESS) - GUESS)
    if long == '0' then
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
