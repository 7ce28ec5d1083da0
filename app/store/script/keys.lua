-- Every change of the store in Redis, each one step that happens whole or not at all. The files of this folder are one script, in the order
-- keys, turns, rates, traces, web, hosts, call.
--
-- KEYS[1] is the prefix of all keys, ARGV[1] the operation, ARGV[2] how many jobs of one client may be out at a time. Keys:
--   run:{id}          the trace of a run                    trace:{t}    hash: what is known of a trace
--   program:{key}     the trace that such programs share    events:{t}   stream: a batch an entry, named 1-{last seq}, for 0-0 is refused
--   waiting:{client}  list: traces that wait                waiting      how many wait in all
--   turns             sorted set: clients whose turn comes, by the time they have had
--   had:{client}      that time, in milliseconds            served       that of the client who was served last
--   entered           how many have come into `turns`       running      hash: how many jobs of each client are out
--   long:{client}     there where the client's last job was or is a long one
--   lanes             hash: how many jobs each host does at a time
--   jobs              stream: jobs that are out, for the group `hosts`
--   hosts             sorted set: hosts by the time of their last sign of life
--   rate:{client}:{n} how many programs a client brought in the n-th window of time
--   readers:{t}       set: servers that have read all there is of a trace and are to be told of more
-- Channels: `changes:{server}` and `stops`, each message a trace.

local prefix = KEYS[1]
local call = redis.call
local GROUP = 'hosts'
local HOUR = 3600000
local TERMINAL = { finished = true, failed = true, limited = true, stopped = true }

local function key(kind, name)
  return name and prefix .. kind .. ':' .. name or prefix .. kind
end

local JOBS = key('jobs')

local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Whether the trace has ended or is unknown; what host makes it, how many events are kept, and what status it has.
local function standing(trace)
  local said = call('HMGET', key('trace', trace), 'status', 'host', 'events')
  return not said[1] or TERMINAL[said[1]], said[2], tonumber(said[3]), said[1]
end

local function ensure_group()
  if call('EXISTS', JOBS) == 0 then
    call('XGROUP', 'CREATE', JOBS, GROUP, '0', 'MKSTREAM')
  end
end

local operations = {}
