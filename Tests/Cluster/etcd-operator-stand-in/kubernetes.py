"""The API server, over one persistent connection per thread with the kubeconfig's own credentials."""
import base64, http.client, json, os, ssl, subprocess, threading, urllib.parse


class Refused(Exception):
    """An answer other than success: its HTTP status and the server's message."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status = status


class API:
    def __init__(self, kubeconfig, folder):
        view = subprocess.run(
            ["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw", "--flatten", "--minify", "-o", "json"],
            check=True, stdout=subprocess.PIPE).stdout
        config = json.loads(view)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.server = urllib.parse.urlsplit(cluster["server"])
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.tls = ssl.create_default_context(cadata=authority)
        self.headers = {"Accept": "application/json", "User-Agent": "etcd-operator-stand-in"}
        if "token" in user:
            self.headers["Authorization"] = "Bearer " + user["token"]
        if "client-certificate-data" in user:
            # ssl reads a client's certificate from files only.
            for name in ("client-certificate", "client-key"):
                with open(os.path.join(folder, name), "wb", opener=private) as file:
                    file.write(base64.b64decode(user[name + "-data"]))
            self.tls.load_cert_chain(os.path.join(folder, "client-certificate"), os.path.join(folder, "client-key"))
        self.local = threading.local()

    def request(self, method, path, body=None, content="application/json"):
        """The decoded answer; Refused for a status of 300 or more, OSError when the server cannot be reached."""
        data = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            fresh = connection is None
            if fresh:
                connection = http.client.HTTPSConnection(
                    self.server.hostname, self.server.port or 443, timeout=30, context=self.tls)
                self.local.connection = connection
            try:
                connection.request(method, path, data, {**self.headers, "Content-Type": content})
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self.local.connection = None
                # The server may have closed a connection that was idle: then nothing of the request was done.
                if fresh or attempt == 2:
                    raise OSError(f"API server: {error!r}")
                continue
            if answer.status >= 300:
                try:
                    message = json.loads(text).get("message", "")
                except ValueError:
                    message = text[:200].decode(errors="replace")
                raise Refused(answer.status, message)
            return json.loads(text)

    def get(self, path):
        """The object, or None where there is none."""
        try:
            return self.request("GET", path)
        except Refused as error:
            if error.status == 404:
                return None
            raise

    def create(self, path, body):
        return self.request("POST", path, body)

    def replace(self, path, body):
        return self.request("PUT", path, body)

    def delete(self, path, uid):
        return self.request("DELETE", path, {"preconditions": {"uid": uid}})


def private(path, flags):
    return os.open(path, flags, 0o600)
