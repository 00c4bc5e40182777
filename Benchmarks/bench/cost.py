"""What a program costs from its start to its end."""

import os
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple

from bench.machine import fail


class Cost(NamedTuple):
    """Seconds on the clock and of CPU; peak of resident memory in MB."""

    elapsed: float
    cpu: float
    resident: float


def cost(command, limit, environment):
    """Runs a program to its end. No peak is seen below our own, some 25 MB: a child begins with it."""
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        guard = threading.Timer(limit, process.kill)
        guard.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            guard.cancel()
            if process.returncode is None:
                process.kill()
                process.wait()
        if process.returncode != 0:
            output.seek(0)
            told = output.read()[-2000:]
            fail(f"{' '.join(map(str, command))}: status {process.returncode} after {elapsed:.0f} s\n{told}".rstrip())
    # What the kernel counts in KB are 1,024 bytes.
    return Cost(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1.024 / 1e3)
