-- What anyone asks; and what was asked is done.

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

return operations[ARGV[1]](unpack(ARGV, 3))
