-- wrk -s requests.lua URL -- FILE: asks in turn for what stands in the lines of FILE, "METHOD PATH [BODY]", and prints one line of JSON.
local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, body = line:match('^(%S+) (%S+) ?(.*)$')
    table.insert(requests, wrk.format(method, path, nil, body ~= '' and body or nil))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"us":%d,"bytes":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
