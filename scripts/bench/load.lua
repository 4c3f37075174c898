-- What wrk was answered (https://github.com/wg/wrk/blob/master/SCRIPTING), as one line of JSON. Without a function
-- for each answer: for that wrk would copy every body, which costs it more than the server to send one.

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format('\n{"requests":%d,"bytes":%d,"microseconds":%d,"failed":%d}\n',
    summary.requests, summary.bytes, summary.duration, failed))
end
