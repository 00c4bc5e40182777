"""The S3 servers that clients are measured against. Both keep to 127.0.0.1, or to the one address that they are given, and end
with the block."""

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.etcd import free_port
from bench.machine import fail, need, run, started

ACCOUNT = ("bench", "bench-secret")


class Server(NamedTuple):
    name: str
    url: str
    # As rclone, the client, knows it.
    provider: str
    # Where its objects lie, if it keeps them.
    folder: Path | None = None
    authority: Path | None = None

    def forget(self):
        """Removes what was uploaded."""
        if self.folder:
            shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True)


@contextmanager
def rclone(folder, program, address="127.0.0.1"):
    """rclone's server on a folder: a real one, which checks signatures and digests and so may cost more than a client."""
    root, port = folder / "served", free_port()
    (root / "bucket").mkdir(parents=True)
    command = [
        program, "serve", "s3", "--config", "", "--addr", f"{address}:{port}", "--auth-key", ",".join(ACCOUNT),
        # Otherwise each look at an object digests all of it.
        "--etag-hash", "", root,
    ]
    with started(command, folder / "rclone.log") as process:
        wait_open(address, port, process, folder / "rclone.log")
        yield Server("rclone serve", f"http://{address}:{port}", "Rclone", root / "bucket")


@contextmanager
def discarding(folder, snapshot, secure=False, rate=0):
    """Ours: it takes bytes, `rate` of them a second at most, and checks nothing, so that the clients are what is measured."""
    command, authority = [sys.executable, Path(__file__).parent / "discarding.py", snapshot, "--rate", str(rate)], None
    if secure:
        authority, key = certificate(folder)
        command += [authority, key]
    with started(command, folder / "discarding.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = process.stdout.readline().decode().strip()
        if not port:
            fail(f"the discarding server does not start\n{(folder / 'discarding.log').read_text()[-2000:]}")
        scheme = "https" if secure else "http"
        name = "discarding" + (", TLS" if secure else "") + (f", {rate / 125e6:g} Gbit/s" if rate else "")
        yield Server(name, f"{scheme}://127.0.0.1:{port}", "Other", authority=authority)


def wait_open(address, port, process, log, limit=30):
    deadline = time.monotonic() + limit
    while True:
        try:
            socket.create_connection((address, port), timeout=5).close()
            return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > deadline:
            fail(f"the server does not start\n{log.read_text()[-2000:]}")
        time.sleep(0.05)


def certificate(folder):
    """A self-signed pair for 127.0.0.1, as files."""
    paths = folder / "store.crt", folder / "store.key"
    run([
        need("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout",
        paths[1],
    ], 30)
    return paths
