"""What the machine is, what it has, and programs that end with us."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
ROOT = Path(__file__).resolve().parent.parent.parent


def fail(message):
    """Ends the run with one line on stderr."""
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def need(tool, package):
    """Path of a program, or an end that names the Debian package it is in."""
    return shutil.which(tool) or fail(f"{tool} is missing: apt-get install {package}, or make setup")


def product(name):
    """Path of one of our release binaries, from ETCDRECOVER_BIN_DIR or the package's own build."""
    directory = Path(os.environ.get("ETCDRECOVER_BIN_DIR") or ROOT / ".build/release")
    path = directory / name
    if not os.access(path, os.X_OK):
        fail(f"{path} is missing: make build, or name its directory in ETCDRECOVER_BIN_DIR")
    return str(path)


def describe():
    """One line on what the figures were taken on."""
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "CPU")
    load = os.getloadavg()[0]
    busy = f" (load {load:.1f}: others are using this machine)" if load > 0.5 else ""
    return f"{len(os.sched_getaffinity(0))} cores of {cpu}{busy}"


@contextmanager
def workspace():
    """A private folder that is gone afterwards, also when the run is interrupted or told to end."""
    ends = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(number, _):
        # A second signal must not interrupt the cleaning up.
        for end in ends:
            signal.signal(end, signal.SIG_IGN)
        sys.exit(128 + number)

    for end in ends:
        signal.signal(end, leave)
    with tempfile.TemporaryDirectory(prefix="etcdrecover-bench-") as folder:
        yield Path(folder)


@contextmanager
def started(command, log, **options):
    """A program that writes to `log` and ends with the block."""
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


def run(arguments, limit, **options):
    """Output of a program; its failure, or more than `limit` seconds, ends the run with what it wrote."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=limit, **options)
    except subprocess.TimeoutExpired:
        fail(f"{' '.join(map(str, arguments))}: no end after {limit} s")
    if done.returncode != 0:
        fail(f"{' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout}{done.stderr}".rstrip())
    return done.stdout


def attend(arguments, limit, **options):
    """Exit status of a program whose output passes through. Told to end, we interrupt it and wait for it."""
    # In a session of its own, or ^C would reach it twice.
    process = subprocess.Popen(arguments, start_new_session=True, **options)
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        fail(f"{' '.join(map(str, arguments))}: no end after {limit} s")
    finally:
        if process.poll() is None:
            # SIGINT, not SIGTERM, is what makes `swift build` end its compilers.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
