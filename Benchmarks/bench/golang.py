"""Builds the reference webhook with the Go that is there."""

import glob
import os
import shutil
from pathlib import Path

from bench.machine import ROOT, fail, run

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
# Debian's folders, and the same out of its packages as the test bed unpacks them.
ROOTS = ["/usr/lib/go-1.*", "/usr/lib/go", "/usr/local/go", f"{CACHE}/etcdrecover-*/**/usr/lib/go-1.*"]


def toolchain():
    """Path of `go`: GO, PATH, then the places where it lies without being on the PATH."""
    if named := os.environ.get("GO"):
        return shutil.which(named) or fail(f"GO names {named}, which is not there")
    if found := shutil.which("go"):
        return found
    for pattern in ROOTS:
        for root in sorted(glob.glob(pattern, recursive=True), reverse=True):
            if os.access(f"{root}/bin/go", os.X_OK) and os.path.isdir(f"{root}/src/net/http"):
                return f"{root}/bin/go"
    fail("go is missing: apt-get install golang-go, or make setup")


def build_reference(folder):
    """Path of the binary. Only the standard library is used, so nothing is downloaded."""
    go, binary = toolchain(), folder / "reference"
    environment = os.environ | {
        "GOCACHE": str(CACHE / "etcdrecover-benchmarks/go"), "GOPROXY": "off", "GOFLAGS": "", "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    environment.pop("GOROOT", None)
    # A toolchain that was unpacked somewhere has its root beside it, which is not the one it was built for.
    beside = Path(go).parent.parent
    if (beside / "src/net/http").is_dir():
        environment["GOROOT"] = str(beside)
    run([go, "build", "-o", binary, "."], 300, cwd=ROOT / "Benchmarks/reference", env=environment)
    return binary
