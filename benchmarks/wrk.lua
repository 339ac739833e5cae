-- Questions of a list, asked of one server by the connections of one wrk thread: all they can, or so many a second.
-- wrk … -s wrk.lua URL LIST RATE: LIST is a file with one path a line, RATE 0 asks without a pause.
-- A question is due at its moment of a common course, whichever connection asks it; what is found goes to stderr as JSON.

local ffi = require("ffi")
ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int clock, moment *found);
]]
local MONOTONIC, found = 1, ffi.new("moment")
local paths, count, rate, due, asked = {}, 0, 0, nil, 0

local function now()
    ffi.C.clock_gettime(MONOTONIC, found)
    return tonumber(found.seconds) + tonumber(found.nanoseconds) / 1e9
end

-- The second connection of a thread is asked for its first question at once, too: all begin on the same course.
local function pause()
    local at = now()
    due = math.max((due or at) + 1 / rate, at - 0.1)
    return math.max(0, math.floor((due - at) * 1000 + 0.5))
end

function init(args)
    for line in io.lines(args[1]) do
        paths[#paths + 1] = wrk.format("GET", line)
    end
    rate = tonumber(args[2])
    if rate > 0 then
        delay = pause
    end
end

function request()
    count = count % #paths + 1
    return paths[count]
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.stderr:write(string.format(
        '{"answers":%d,"seconds":%.6f,"median":%.6f,"late":%.6f,"refused":%d,"lost":%d}\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6,
        errors.status, errors.connect + errors.read + errors.write + errors.timeout
    ))
end
