"""A stand-in for the etcd-operator, which cannot be installed everywhere: it reconciles EtcdClusters of
operator.etcd.io/v1alpha1 as the operator does, in either of its layouts, until it is ended. Only for tests and the demo.

    python3 etcd-operator-stand-in --kubeconfig FILE --layout statefulset|pods [--namespace N]... [--help]

It reaches members by the address of their pod, so it runs where those are routed: on the machine of the test cluster.
"""
import sys

sys.dont_write_bytecode = True

import argparse
import concurrent.futures
import http.client
import os
import signal
import subprocess
import tempfile
import time

from certificates import Certificates
from cluster import API_VERSION, REGISTRY, Cluster
from etcd import Answer, Unhealthy
from kubernetes import API, Refused
from pods import Pods
from statefulsets import StatefulSets


def arguments():
    parser = argparse.ArgumentParser(prog="etcd-operator-stand-in", description=__doc__.split("\n\n")[0])
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--layout", required=True, choices=["statefulset", "pods"])
    parser.add_argument("--namespace", action="append", default=[], help="look at these only; default: all")
    parser.add_argument("--image-registry", default=REGISTRY, help="for clusters that name none")
    parser.add_argument("--tls", choices=["always", "asked"], default="always",
                        help="pods layout: https for every cluster, or for those with spec.tls only")
    parser.add_argument("--certificates", choices=["authority", "self-signed"], default="authority",
                        help="self-signed, as the operator makes them unless cert-manager does: each trusts itself "
                             "alone, so that NAME-client-tls opens no member, and NAME-server-tls does")
    parser.add_argument("--interval", type=float, default=1, help="seconds between two reconciles")
    return parser.parse_args()


class Operator:
    def __init__(self, options, api, certificates):
        self.options, self.api, self.certificates = options, api, certificates
        self.busy = {}  # by uid: the reconcile that runs
        self.said = {}  # by uid: the last reason to do nothing
        self.workers = concurrent.futures.ThreadPoolExecutor(max_workers=8)

    def run(self):
        while True:
            try:
                for object in self.clusters():
                    uid = object["metadata"]["uid"]
                    if "deletionTimestamp" not in object["metadata"] and (uid not in self.busy or self.busy[uid].done()):
                        self.busy[uid] = self.workers.submit(self.reconcile, object)
            except (OSError, Refused) as error:
                print(f"EtcdClusters: {error}", flush=True)
            time.sleep(self.options.interval)

    def clusters(self):
        paths = [f"namespaces/{name}/etcdclusters" for name in self.options.namespace] or ["etcdclusters"]
        for path in paths:
            yield from self.api.request("GET", f"/apis/{API_VERSION}/{path}")["items"]

    def reconcile(self, object):
        pods = self.options.layout == "pods"
        https = pods and (self.options.tls == "always" or "tls" in object.get("spec", {}))
        cluster = Cluster(object, self.options.image_registry, https)
        layout = (Pods if pods else StatefulSets)(self.api, self.certificates, cluster, publish_not_ready=pods)
        try:
            layout.reconcile()
            self.say(cluster, None)
        except Unhealthy as error:
            self.say(cluster, f"does nothing: {error}")
        except (Answer, OSError, Refused, http.client.HTTPException, subprocess.SubprocessError) as error:
            self.say(cluster, f"failed: {error}")
        except Exception as error:  # a fault of the stand-in must be seen in its log
            self.say(cluster, f"failed: {error!r}")

    def say(self, cluster, text):
        if text and self.said.get(cluster.uid) != text:
            print(f"{cluster.namespace}/{cluster.name}: {text}", flush=True)
        self.said[cluster.uid] = text


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    options = arguments()
    code = 0
    with tempfile.TemporaryDirectory(prefix="etcd-operator-stand-in-") as folder:
        try:
            api = API(options.kubeconfig, folder)
            Operator(options, api, Certificates(api, folder, options.certificates == "self-signed")).run()
        except (KeyboardInterrupt, SystemExit):
            pass
    # A reconcile that still waits for a member ends with the process.
    os._exit(code)


main()
