"""etcd's members, through the JSON gateway of their client port, by the address of their pod."""
import http.client, json, socket, ssl
from dataclasses import dataclass, field

DIAL, ANSWER = 2, 6  # seconds


class Unhealthy(Exception):
    """Why nothing is done in this reconcile."""


@dataclass
class Endpoint:
    """A member's client port: the name that its certificate has, and the address to reach it by."""
    host: str
    address: str | None
    tls: ssl.SSLContext | None


@dataclass
class Health:
    host: str
    status: dict | None = None  # of maintenance/status
    errors: list = field(default_factory=list)

    @property
    def healthy(self):
        return self.status is not None and not self.errors

    @property
    def id(self):
        return int(self.status["header"]["member_id"]) if self.status else 0

    @property
    def leads(self):
        return self.status is not None and int(self.status.get("leader", 0)) == self.id

    @property
    def learns(self):
        return self.status is not None and self.status.get("isLearner", False)

    @property
    def revision(self):
        return int(self.status["header"].get("revision", 0))


class Answer(Exception):
    """etcd's own refusal of a call."""


class Client:
    """One connection to one member."""

    def __init__(self, endpoint):
        if endpoint.address is None:
            raise OSError(f"{endpoint.host} has no address")
        raw = socket.create_connection((endpoint.address, 2379), timeout=DIAL)
        raw.settimeout(ANSWER)
        if endpoint.tls:
            # The certificate names the pod, not its address.
            raw = endpoint.tls.wrap_socket(raw, server_hostname=endpoint.host)
        self.connection = http.client.HTTPConnection(endpoint.host, 2379)
        self.connection.sock = raw

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, method, body):
        self.connection.request("POST", "/v3/" + method, json.dumps(body), {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            try:
                text = json.loads(text).get("message", text)
            except ValueError:
                pass
            raise Answer(f"{method}: {text}")
        return json.loads(text)


def call_any(endpoints, method, body):
    """The answer of the first endpoint that can be reached."""
    errors = []
    for endpoint in endpoints:
        try:
            with Client(endpoint) as client:
                return client.call(method, body)
        except Answer:
            raise
        except (OSError, http.client.HTTPException) as error:
            errors.append(f"{endpoint.host}: {error}")
    raise OSError("; ".join(errors) or "no endpoint")


def members(endpoints):
    """The members, as a majority knows them."""
    return call_any(endpoints, "cluster/member/list", {"linearizable": True})["members"]


def health(endpoint):
    """Whether a member answers a read from its own store and its status has no errors."""
    found = Health(endpoint.host)
    try:
        with Client(endpoint) as client:
            try:
                client.call("kv/range", {"key": "aGVhbHRo", "serializable": True})
            except Answer as error:
                # Without a user, as under authentication, it is unhealthy: so says the operator, too.
                if "permission denied" not in str(error):
                    raise
            found.status = client.call("maintenance/status", {})
            found.errors = found.status.get("errors", [])
    except (OSError, Answer, http.client.HTTPException) as error:
        found.errors = [str(error)]
    return found


def add_learner(endpoints, peer_url):
    call_any(endpoints, "cluster/member/add", {"peerURLs": [peer_url], "isLearner": True})


def promote(endpoints, member):
    call_any(endpoints, "cluster/member/promote", {"ID": str(member)})


def remove(endpoints, member):
    call_any(endpoints, "cluster/member/remove", {"ID": str(member)})
