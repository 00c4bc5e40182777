"""etcd beside us: its programs, a snapshot of so many keys, and a member that serves it."""

import base64
import http.client
import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from bench.machine import ROOT, fail, run

# Of the figures that the project compares itself with.
KEYS_PER_GB = 240_000
VALUE_SIZE = 4000
RELEASE = "3.5.30"
CACHE = Path.home() / ".cache/etcdrecover-benchmarks"


def programs():
    """The folder with etcd, etcdctl and etcdutl of RELEASE."""
    told = dict(line.split(" ", 1) for line in run([ROOT / "Tests/Etcd/releases"], 600).splitlines())
    return Path(told.get(RELEASE) or fail(f"no etcd {RELEASE} among {', '.join(told)}"))


def snapshot(folder, tools, gigabytes):
    """Path of a snapshot with KEYS_PER_GB keys for each gigabyte; made once, and kept for later runs."""
    path = CACHE / f"snapshot-{RELEASE}-{gigabytes:g}GB.db"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        print(f"making {path}", flush=True)
        data = folder / "filling"
        with member(folder, tools, data) as port:
            fill(port, int(KEYS_PER_GB * gigabytes))
            part = path.with_suffix(".new")
            run([tools / "etcdctl", "--endpoints", f"127.0.0.1:{port}", "snapshot", "save", part], 600)
            part.rename(path)
        run(["rm", "-r", data], 60)
    return path


@contextmanager
def member(folder, tools, data):
    """Client port of a member on a data directory; it ends with the block."""
    client, peer = free_port(), free_port()
    urls = [f"http://127.0.0.1:{port}" for port in (client, peer)]
    command = [
        tools / "etcd", "--data-dir", data, "--listen-client-urls", urls[0], "--advertise-client-urls", urls[0],
        "--listen-peer-urls", urls[1], "--initial-advertise-peer-urls", urls[1],
        "--initial-cluster", f"default={urls[1]}", "--quota-backend-bytes", str(64 << 30), "--unsafe-no-fsync",
        # Otherwise it keeps all entries in memory, with all values.
        "--snapshot-count", "1000",
    ]
    with open(folder / "etcd.log", "wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_ready(client, process, folder / "etcd.log")
        yield client
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_ready(port, process, log, limit=120):
    deadline = time.monotonic() + limit
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/health")
            if json.loads(connection.getresponse().read()).get("health") == "true":
                return
        except (OSError, http.client.HTTPException):
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            fail(f"etcd does not start\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def fill(port, keys):
    """Puts keys with values of VALUE_SIZE random bytes, 120 of them in a transaction."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    batch = 120
    for start in range(0, keys, batch):
        numbers = range(start, min(start + batch, keys))
        puts = [{"request_put": {"key": text(b"bench/%09d" % number), "value": value()}} for number in numbers]
        connection.request("POST", "/v3/kv/txn", json.dumps({"success": puts}))
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 200:
            fail(f"etcd refused a transaction: {told[:500]}")
    connection.close()


def value():
    return text(os.urandom(VALUE_SIZE))


def text(raw):
    return base64.b64encode(raw).decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
