-- Traces: what is kept of them, who hears of more, what they leave when they have ended.

-- Servers that read the trace and wait for more hear of it, once.
local function tell(trace)
  local readers = key('readers', trace)
  for _, server in ipairs(call('SMEMBERS', readers)) do
    call('PUBLISH', key('changes', server), trace)
  end
  call('DEL', readers)
end

local function forget_program(trace)
  local name = call('HGET', key('trace', trace), 'key')
  if name and name ~= '' and call('GET', key('program', name)) == trace then
    call('DEL', key('program', name))
  end
end

-- The batches (first, last, lines, ...) are kept, if they go on where the trace stands, which holds `kept` events; returns how many are kept
-- after that.
local function add(trace, status, kept, ...)
  local place, log, batches = key('trace', trace), key('events', trace), { ... }
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
