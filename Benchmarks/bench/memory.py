"""How much memory a program takes at most."""

import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from bench.machine import fail


class Memory(NamedTuple):
    """Peaks in MB: of all resident memory, mapped files among it, and of what no file is behind."""

    resident: float
    heap: float


def peak(command, limit):
    """Runs a program to its end, and looks at it about a thousand times a second."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    status = Path(f"/proc/{process.pid}/status")
    deadline = time.monotonic() + limit
    resident = heap = 0
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
            fail(f"{' '.join(map(str, command))}: no end after {limit} s")
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        # Neither is there once it has ended and was not waited for.
        resident = max(resident, kilobytes(fields.get("VmHWM", "0 kB")))
        heap = max(heap, kilobytes(fields.get("RssAnon", "0 kB")))
        time.sleep(0.001)
    errors = process.stderr.read()
    if process.returncode != 0:
        fail(f"{' '.join(map(str, command))}: status {process.returncode}\n{errors}".rstrip())
    return Memory(resident / 1e3, heap / 1e3)


def kilobytes(field):
    # What /proc calls kB are 1,024 bytes.
    return int(field.split()[0]) * 1.024
