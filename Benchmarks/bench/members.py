"""The members of an EtcdCluster in pods, each asked at its pod's address."""

import http.client
import json
import re

from bench.etcd import text
from bench.machine import fail

# Seconds. Who has no majority, or does not run any more, does not answer.
PATIENCE = 2


class Members:
    def __init__(self, cluster, namespace, name, size):
        self.cluster, self.place, self.name, self.size = cluster, f"/api/v1/namespaces/{namespace}/pods", name, size

    def put(self, ordinal, key):
        """Whether it took a write."""
        return self.call(ordinal, "kv/put", key=text(key), value=text(key)) is not None

    def have(self, key):
        """Whether every member has that key of its own."""
        asked = [self.call(each, "kv/range", key=text(key), serializable=True) for each in range(self.size)]
        return all(answer and answer.get("count") == "1" for answer in asked)

    def vote(self):
        """Whether all members are voters and follow one leader."""
        answers = [self.call(each, "maintenance/status") or {} for each in range(self.size)]
        leaders = {answer.get("leader") for answer in answers}
        return len(leaders) == 1 and None not in leaders and not any(answer.get("isLearner") for answer in answers)

    def requests(self):
        """How many calls each has been asked for so far."""
        count = r"^grpc_server_started_total\{[^}]*\} (\S+)$"
        asked = [self.ask(each, "GET", "/metrics") or fail(f"{self.name}-{each} gives no metrics") for each in range(self.size)]
        return [sum(float(number) for number in re.findall(count, told, re.MULTILINE)) for told in asked]

    def call(self, ordinal, method, **fields):
        """The answer by etcd's JSON gateway; nothing where there is none."""
        told = self.ask(ordinal, "POST", f"/v3/{method}", json.dumps(fields))
        return told and json.loads(told)

    def ask(self, ordinal, method, path, body=None):
        pod = self.cluster.get(f"{self.place}/{self.name}-{ordinal}") or {}
        if not (address := pod.get("status", {}).get("podIP")):
            return None
        connection = http.client.HTTPConnection(address, 2379, timeout=PATIENCE)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            told = answer.read().decode()
            return told if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()
