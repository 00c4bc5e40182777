-- wrk: posts the review that is in the file named after `--`, and ends with one line of JSON on stdout.

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
   wrk.body = file:read("*a")
   file:close()
end

-- Latencies and duration are in microseconds. `errors.status` counts answers other than 2xx and 3xx.
function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   print(string.format('{"requests": %d, "failed": %d, "seconds": %f, "p50": %d, "p99": %d}',
      summary.requests, failed, summary.duration / 1e6, latency:percentile(50), latency:percentile(99)))
end
