"""The Secrets of a cluster with TLS: certificates for servers, peers and clients, by one authority or by themselves."""
import base64, os, ssl, subprocess, tempfile

from kubernetes import private


class Certificates:
    def __init__(self, api, folder, self_signed):
        self.api = api
        self.folder = folder
        self.self_signed = self_signed
        self.contexts = {}  # by the Secret's uid and version

    def ensure(self, cluster):
        """Makes the Secrets that are missing, from the authority that the first of them was made from."""
        missing = [kind for kind in ("server", "peer", "client") if not self.secret(cluster, kind)]
        if not missing:
            return
        authority = None
        if not self.self_signed:
            authority = self.secret(cluster, "ca") or self.create(cluster, "ca", self.issue(cluster, "ca", None))
        for kind in missing:
            self.create(cluster, kind, self.issue(cluster, kind, authority and authority["data"]))

    def context(self, cluster):
        """For a client of the cluster's members. Servers that trust themselves alone know no other client."""
        secret = self.secret(cluster, "server" if self.self_signed else "client")
        key = (secret["metadata"]["uid"], secret["metadata"]["resourceVersion"])
        if key not in self.contexts:
            data = {name: base64.b64decode(value) for name, value in secret["data"].items()}
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                pair = os.path.join(folder, "pair.pem")
                with open(pair, "wb", opener=private) as file:
                    file.write(data["tls.crt"] + data["tls.key"])
                context = ssl.create_default_context(cadata=data["ca.crt"].decode())
                context.load_cert_chain(pair)
            self.contexts[key] = context
        return self.contexts[key]

    def secret(self, cluster, kind):
        return self.api.get(cluster.path("secrets", f"{cluster.name}-{kind}-tls"))

    def create(self, cluster, kind, data):
        return self.api.create(cluster.path("secrets"), {
            "metadata": cluster.meta(f"{cluster.name}-{kind}-tls"), "type": "kubernetes.io/tls",
            "data": {name: base64.b64encode(value).decode() for name, value in data.items()}})

    def issue(self, cluster, kind, authority):
        """PEM files of a new certificate: `tls.crt`, `tls.key`, `ca.crt`."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            def file(name, content=None):
                path = os.path.join(folder, name)
                if content is not None:
                    with open(path, "wb", opener=private) as out:
                        out.write(content)
                return path

            def openssl(*arguments):
                subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)

            new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file("tls.key"))
            service = f"{cluster.name}.{cluster.namespace}.svc.cluster.local"
            names = f"subjectAltName=DNS:*.{service},DNS:{service}"
            if authority is None:
                signer = file("tls.crt")
                kinds = ("-subj", f"/O=etcd/CN={cluster.name}-ca"[:60]) if kind == "ca" else (
                    "-subj", "/O=etcd", "-addext", names, "-addext", "extendedKeyUsage=serverAuth,clientAuth")
                openssl("req", "-x509", *new_key, "-days", "30", *kinds, "-out", signer)
            else:
                signer = file("ca.crt", base64.b64decode(authority["tls.crt"]))
                file("ca.key", base64.b64decode(authority["tls.key"]))
                # No common name: etcd would take it for a user's. Servers are clients, too, as their gateway's.
                usage = "clientAuth" if kind == "client" else "serverAuth,clientAuth"
                extensions = f"basicConstraints=CA:FALSE\nextendedKeyUsage={usage}\n"
                if kind != "client":
                    extensions += names + "\n"
                openssl("req", *new_key, "-subj", "/O=etcd", "-out", file("tls.csr"))
                openssl("x509", "-req", "-in", file("tls.csr"), "-CA", signer, "-CAkey", file("ca.key"),
                        "-CAcreateserial", "-days", "30", "-extfile", file("extensions", extensions.encode()),
                        "-out", file("tls.crt"))
            return {name: open(path, "rb").read() for name, path in
                    (("tls.crt", file("tls.crt")), ("tls.key", file("tls.key")), ("ca.crt", signer))}
