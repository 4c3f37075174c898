-- What wrk sends (https://github.com/wg/wrk/blob/master/SCRIPTING): the requests of a file in their turn,
-- each as its length, a line feed and its bytes. Arguments: the file, and what to do with it:
--
--   again   from the beginning when it ends
--   once    fail when it ends: no request is sent twice
--   learn   the same; a poll that holds something holds what was last seen at its path

local requests, sent, mode = {}, 0, nil
local etags = {}

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  mode = args[2]
  while true do
    local length = file:read('*n')
    if not length then break end
    file:read(1)
    requests[#requests + 1] = file:read(length)
  end
  file:close()
  -- Once there is a function of this name, wrk reads the header fields of every answer.
  if mode == 'learn' then response = learn end
end

function request()
  sent = sent + 1
  if sent > #requests then
    if mode ~= 'again' then
      io.stderr:write(#requests .. ' requests were too few\n')
      os.exit(3)
    end
    sent = 1
  end
  local text = requests[sent]
  local etag = mode == 'learn' and etags[text:match('^GET (%S+)')]
  if not etag then return text end
  return (text:gsub('If%-None%-Match: [^\r]+', function() return 'If-None-Match: ' .. etag end))
end

function learn(_, fields)
  local path = (fields['Link'] or ''):match('<http://[^/]+([^>]*)>; rel="self"')
  if path and fields['ETag'] then etags[path] = fields['ETag'] end
end

function done(summary)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('\n{"requests":%d,"bytes":%d,"microseconds":%d,"refused":%d,"failed":%d}\n',
    summary.requests, summary.bytes, summary.duration, errors.status, failed))
end
