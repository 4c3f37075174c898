-- What wrk was answered (https://github.com/wg/wrk/blob/master/SCRIPTING), as one line of JSON: how often each
-- status came, since wrk itself counts only those over 399.

local threads = {}
-- Of each thread, which has globals of its own.
statuses = {}

function setup(thread) threads[#threads + 1] = thread end

function response(status) statuses[status] = (statuses[status] or 0) + 1 end

function done(summary)
  local counts = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get('statuses')) do
      counts[#counts + 1] = string.format('"%d":%d', status, count)
    end
  end
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('\n{"requests":%d,"bytes":%d,"microseconds":%d,"failed":%d,"statuses":{%s}}\n',
    summary.requests, summary.bytes, summary.duration, failed, table.concat(counts, ',')))
end
