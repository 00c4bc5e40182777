"""The load generators, none of them ours: wrk for all a server can do, hey for a steady rate."""

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ROOT, fail, need, run

CONNECTIONS = 32
STEADY = 500
STEADY_CONNECTIONS = 10


@dataclass
class Load:
    """What one round saw. Latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self):
        return self.requests / self.seconds


def full(url, body, seconds):
    """Every connection posts its next review as soon as its last is answered."""
    wrk = need("wrk", "wrk")
    arguments = [wrk, "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", ROOT / "Benchmarks/post.lua", url, "--", body]
    seen = json.loads(run(arguments, seconds + 30).splitlines()[-1])
    if seen["failed"] or not seen["requests"]:
        fail(f"{seen['failed']} of {seen['requests']} reviews to {url} failed")
    return Load(seen["requests"], seen["seconds"], seen["p50"] / 1000, seen["p99"] / 1000)


def steady(url, body, seconds):
    """500 reviews per second: each connection posts at its own even pace, all of them at the same moments."""
    hey = need("hey", "hey")
    pace = STEADY // STEADY_CONNECTIONS
    arguments = [hey, "-z", f"{seconds}s", "-c", STEADY_CONNECTIONS, "-q", pace, "-o", "csv", "-m", "POST"]
    arguments += ["-T", "application/json", "-D", body, url]
    answers = list(csv.DictReader(run(map(str, arguments), seconds + 30).splitlines()))
    failed = sum(answer["status-code"] != "200" for answer in answers)
    if failed or not answers:
        fail(f"{failed} of {len(answers)} reviews to {url} failed")
    if len(answers) < 0.95 * STEADY * seconds:
        rate = len(answers) / seconds
        print(f"only {rate:.0f} of {STEADY} reviews per second were reached: some took longer than the pace")
    times = sorted(float(answer["response-time"]) * 1000 for answer in answers)
    return Load(len(times), seconds, percentile(times, 0.50), percentile(times, 0.99))


def percentile(ordered, share):
    return ordered[math.ceil(share * len(ordered)) - 1]


def review_file(folder, body):
    path = Path(folder) / "review.json"
    path.write_bytes(body)
    return path
