"""The two servers under load: ours, and the reference in Go."""

import http.client
import json
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from bench import review
from bench.golang import build_reference
from bench.machine import PAGE, TICKS, fail, need, product, run

# As an API server calls it.
PATH = "/mutate?timeout=10s"


class Server:
    """A running webhook."""

    def __init__(self, name, process, port, log):
        self.name, self.process, self.port, self.log = name, process, port, log
        self.url = f"https://127.0.0.1:{port}{PATH}"

    def cpu_seconds(self):
        """User and system time of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self):
        """Resident memory in MiB."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE / 2**20

    def ask(self, body):
        """The answer to one review; raises OSError where there is none."""
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=5, context=ssl._create_unverified_context())
        try:
            connection.request("POST", PATH, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait_ready(self, body, limit=20):
        """Until it answers the review, and answers it right."""
        deadline = time.monotonic() + limit
        while True:
            if self.process.poll() is not None:
                fail(f"{self.name} ended with status {self.process.returncode}\n{self.log.read_text()}".rstrip())
            try:
                status, text = self.ask(body)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    fail(f"{self.name} does not answer: {error}\n{self.log.read_text()}".rstrip())
                time.sleep(0.1)
        answer = json.loads(text).get("response", {}) if status == 200 else {}
        if answer.get("uid") != review.UID or answer.get("allowed") is not True:
            fail(f"{self.name} does not admit the review: {status} {text.decode(errors='replace')}")
        return answer


@contextmanager
def serving(name, arguments, port, folder):
    log = folder / f"{name}.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        yield Server(name, process, port, log)
    finally:
        process.kill()
        process.wait()


def ours(folder, certificate, key):
    """Our webhook with an API server that is never there: nothing but the rules can answer."""
    kubeconfig = folder / "kubeconfig"
    # JSON is YAML. Nobody listens on port 1.
    kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "nowhere",
        "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "nobody", "user": {}}],
        "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
    }))
    port, health = free_port(), free_port()
    arguments = [
        product("etcdrecover"), "webhook", "--kubeconfig", kubeconfig, "--listen", f"127.0.0.1:{port}",
        "--health-listen", f"127.0.0.1:{health}", "--certificates", "files",
    ]
    arguments += ["--certificate-file", certificate, "--private-key-file", key]
    return serving("etcdrecover", arguments, port, folder)


def reference(folder, certificate, key):
    port = free_port()
    arguments = [build_reference(folder), "--listen", f"127.0.0.1:{port}"]
    arguments += ["--certificate-file", certificate, "--private-key-file", key]
    return serving("reference", arguments, port, folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def certificate(folder):
    """A self-signed pair for 127.0.0.1, as files."""
    paths = folder / "tls.crt", folder / "tls.key"
    run([
        need("openssl", "openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
        "-days", "2", "-subj", "/CN=webhook", "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout",
        paths[1],
    ], 30)
    return paths
