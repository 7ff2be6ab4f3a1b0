-- wrk -s requests.lua URL -- FILE: asks in turn for what stands in the lines of FILE, and prints one line of JSON.
-- A line is METHOD, PATH, BODY and Idempotency-Key, with tabs between; the last two may be empty.
local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, body, key = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)$')
    local headers = {}
    for name, value in pairs(wrk.headers) do headers[name] = value end
    if key ~= '' then headers['Idempotency-Key'] = key end
    table.insert(requests, wrk.format(method, path, headers, body ~= '' and body or nil))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"us":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n', summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
