"""The S3 servers that clients are measured against. Both keep to 127.0.0.1 and end with the block."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.etcd import free_port
from bench.machine import fail, need, run

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
def rclone(folder, program):
    """rclone's server on a folder: a real one, which checks signatures and digests and so may cost more than a client."""
    root, port = folder / "served", free_port()
    (root / "bucket").mkdir(parents=True)
    command = [
        program, "serve", "s3", "--config", "", "--addr", f"127.0.0.1:{port}", "--auth-key", ",".join(ACCOUNT),
        # Otherwise each look at an object digests all of it.
        "--etag-hash", "", root,
    ]
    with started(command, folder / "rclone.log") as process:
        wait_open(port, process, folder / "rclone.log")
        yield Server("rclone serve", f"http://127.0.0.1:{port}", "Rclone", root / "bucket")


@contextmanager
def discarding(folder, snapshot, secure=False):
    """Ours: it takes bytes and checks nothing, so that the clients are what is measured."""
    command, authority = [sys.executable, Path(__file__).parent / "discarding.py", snapshot], None
    if secure:
        authority, key = certificate(folder)
        command += [authority, key]
    with started(command, folder / "discarding.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        port = process.stdout.readline().decode().strip()
        if not port:
            fail(f"the discarding server does not start\n{(folder / 'discarding.log').read_text()[-2000:]}")
        scheme = "https" if secure else "http"
        yield Server("discarding, TLS" if secure else "discarding", f"{scheme}://127.0.0.1:{port}", "Other",
                     authority=authority)


@contextmanager
def started(command, log, **options):
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stderr=file, **{"stdout": file, "stdin": subprocess.DEVNULL} | options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()


def wait_open(port, process, log, limit=30):
    deadline = time.monotonic() + limit
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
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
