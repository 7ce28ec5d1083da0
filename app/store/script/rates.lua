-- Who comes too fast.

-- Where the client has brought `most` programs in so many seconds, wherever these begin: milliseconds until it may come again. Else one more is counted.
local function too_fast(client, most, seconds)
  local time, window = now(), seconds * 1000
  local number, gone = math.floor(time / window), time % window
  local this = key('rate', client .. ':' .. string.format('%d', number))
  local before = call('GET', key('rate', client .. ':' .. string.format('%d', number - 1))) or 0
  if math.floor(before * (window - gone) / window) + (call('GET', this) or 0) >= tonumber(most) then
    return window - gone
  end
  call('INCR', this)
  call('PEXPIRE', this, 2 * window)
end
