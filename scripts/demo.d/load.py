"""Creates EtcdBackups with dryRun from several connections until SIGTERM, then prints how many calls there were and failed.

Usage: load.py KUBECONFIG NAMESPACE TEMPLATE_JSON
"""

import base64
import http.client
import json
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import urlsplit

WORKERS = 4
PAUSE = 0.02  # between two calls of one worker: a load that a small machine carries


def connection(kubeconfig):
    """The server's host and port, and a TLS context that speaks for the kubeconfig's user; a bearer token, where it has one."""
    view = ["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw", "--minify", "--flatten", "-o", "json"]
    config = json.loads(subprocess.run(view, check=True, capture_output=True, timeout=30).stdout)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as pem:
            pem.write(base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"]))
            pem.flush()
            context.load_cert_chain(pem.name)
    server = urlsplit(cluster["server"])
    return server.hostname, server.port or 443, context, user.get("token")


class Load:
    def __init__(self, kubeconfig, namespace, template):
        self.host, self.port, self.context, self.token = connection(kubeconfig)
        self.path = f"/apis/operator.etcd.io/v1alpha1/namespaces/{namespace}/etcdbackups?dryRun=All"
        self.spec = json.load(open(template))["spec"]
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.calls, self.failures = 0, []

    def work(self, number):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        server = http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=30)
        count = 0
        while not self.stop.is_set():
            count += 1
            body = {"apiVersion": "operator.etcd.io/v1alpha1", "kind": "EtcdBackup", "spec": self.spec,
                    "metadata": {"name": f"load-{number}-{count}"}}
            try:
                server.request("POST", self.path, json.dumps(body), headers)
                answer = server.getresponse()
                text = answer.read()
                problem = None if answer.status == 201 else text.decode(errors="replace")
            except OSError as error:
                problem = repr(error)
                server.close()
            with self.lock:
                self.calls += 1
                if problem:
                    self.failures.append(problem)
            time.sleep(PAUSE)

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        workers = [threading.Thread(target=self.work, args=(number,)) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        self.stop.wait()
        for worker in workers:
            worker.join()
        print(json.dumps({"calls": self.calls, "failed": len(self.failures), "first": self.failures[:3]}))


Load(*sys.argv[1:]).run()
