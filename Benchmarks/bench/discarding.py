"""An S3 server that costs next to nothing: it throws bytes away, checks nothing, and hands out one file.

    discarding.py FILE [--rate BYTES] [CERTIFICATE KEY]

Takes no more than so many bytes a second off all connections together. Prints its port. An object as large as FILE is
read as FILE, whatever was sent; small ones are kept. Ends with its stdin.
"""

import os
import re
import socket
import ssl
import sys
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import count
from urllib.parse import parse_qs, unquote, urlsplit

KEPT = 64 << 10
CHUNK = 1 << 20
STATUS = {100: "Continue", 200: "OK", 204: "No Content", 206: "Partial Content", 404: "Not Found"}


@dataclass
class Thing:
    """An object, or an upload that is to become one."""

    fields: dict
    size: int = 0
    bytes: bytes = b""
    parts: dict = field(default_factory=dict)


class Store:
    def __init__(self, path):
        self.file = open(path, "rb")
        self.size = os.stat(path).st_size
        self.objects, self.uploads, self.numbers = {}, {}, count(1)

    def put(self, key, fields, size, data):
        self.objects[key] = Thing(fields, size, data)

    def begin(self, fields):
        number = f"upload-{next(self.numbers)}"
        self.uploads[number] = Thing(fields)
        return number

    def complete(self, key, number):
        upload = self.uploads.pop(number)
        self.put(key, upload.fields, sum(upload.parts.values()), b"")


class Link:
    """Of so many bytes a second, for all connections together; none is as fast as it goes."""

    def __init__(self, rate):
        self.rate, self.free, self.lock = rate, 0.0, threading.Lock()

    def carry(self, size):
        if not self.rate:
            return
        with self.lock:
            # What it was idle for is lost, but for a moment's buffer.
            self.free = max(self.free, time.monotonic() - 0.02) + size / self.rate
            wait = self.free - time.monotonic()
        if wait > 0:
            time.sleep(wait)


class Connection:
    """Requests one after the other, until the client has had enough."""

    def __init__(self, store, link, transport):
        self.store, self.link, self.transport = store, link, transport
        self.held = bytearray()
        self.space = bytearray(CHUNK)

    def serve(self):
        with self.transport:
            try:
                while head := self.head():
                    self.answer(*head)
            except OSError:
                pass

    def head(self):
        if not (text := self.until(b"\r\n\r\n")):
            return None
        first, *lines = text.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.split(":", 1) for line in lines)
        return method, urlsplit(target), {name.lower(): value.strip() for name, value in pairs}

    def body(self, fields):
        """Takes a body off the connection; returns its size, and itself if it is small."""
        if fields.get("expect"):
            self.send(100)
        if fields.get("transfer-encoding") == "chunked":
            self.skip_chunks()
            # What is in the chunks is framed once more, with a checksum at its end.
            return int(fields["x-amz-decoded-content-length"]), b""
        size = int(fields.get("content-length", 0))
        if size > KEPT:
            self.skip(size)
            return size, b""
        while len(self.held) < size:
            self.held += self.some(self.transport.recv(KEPT))
        taken = bytes(self.held[:size])
        del self.held[:size]
        return size, taken

    def skip_chunks(self):
        """As the AWS CLI sends parts over TLS."""
        while size := int(self.until(b"\r\n"), 16):
            self.skip(size + 2)
        while self.until(b"\r\n"):
            pass

    def until(self, mark):
        """What comes before `mark`; nothing where the client is done."""
        while (end := self.held.find(mark)) < 0:
            if not (more := self.transport.recv(KEPT)):
                return b""
            self.held += more
        text = bytes(self.held[:end])
        del self.held[:end + len(mark)]
        return text

    def skip(self, left):
        here = min(left, len(self.held))
        del self.held[:here]
        left -= here
        while left > 0:
            received = self.some(self.transport.recv_into(self.space, min(left, CHUNK)))
            self.link.carry(received)
            left -= received

    def some(self, received):
        if not received:
            raise ConnectionError
        return received

    def answer(self, method, target, fields):
        key, query = unquote(target.path), parse_qs(target.query, keep_blank_values=True)
        number = query.get("uploadId", [""])[0]
        size, data = self.body(fields)
        match method:
            case "PUT" if number:
                part = query["partNumber"][0]
                self.store.uploads[number].parts[part] = size
                self.send(200, {"ETag": f'"{part}"'})
            case "PUT":
                self.store.put(key, kept(fields), size, data)
                self.send(200, {"ETag": '"1"'})
            case "POST" if "uploads" in query:
                number = self.store.begin(kept(fields))
                self.document(f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId></InitiateMultipartUploadResult>")
            case "POST":
                self.store.complete(key, number)
                self.document('<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>')
            case "DELETE":
                self.store.objects.pop(key, None)
                self.send(204)
            case "GET" if "list-type" in query:
                self.document("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
            case _:
                self.read(method, self.store.objects.get(key), fields)

    def read(self, method, thing, fields):
        if not thing:
            return self.send(404)
        first, last, status = 0, thing.size - 1, 200
        head = thing.fields | {"ETag": '"1"', "Last-Modified": formatdate(0, usegmt=True), "Accept-Ranges": "bytes"}
        if found := re.fullmatch(r"bytes=(\d+)-(\d*)", fields.get("range", "")):
            first, last, status = int(found[1]), min(int(found[2] or last), last), 206
            head["Content-Range"] = f"bytes {first}-{last}/{thing.size}"
        self.send(status, head, last + 1 - first)
        if method == "HEAD":
            return
        if thing.size == self.store.size:
            self.hand_out(first, last + 1)
        else:
            self.transport.sendall(thing.bytes[first:last + 1])

    def hand_out(self, offset, end):
        source = self.store.file.fileno()
        while offset < end:
            limit = min(end - offset, CHUNK)
            if isinstance(self.transport, ssl.SSLSocket):
                offset += self.transport.send(self.some(os.pread(source, limit, offset)))
            else:
                offset += self.some(os.sendfile(self.transport.fileno(), source, offset, limit))

    def document(self, text):
        data = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
        self.send(200, {"Content-Type": "application/xml"}, len(data))
        self.transport.sendall(data)

    def send(self, status, fields={}, length=0):
        length = {} if status in (100, 204) else {"Content-Length": length}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (fields | length).items())
        self.transport.sendall(f"HTTP/1.1 {status} {STATUS[status]}\r\n{lines}\r\n".encode("latin-1"))


def kept(fields):
    return {name: value for name, value in fields.items() if name.startswith("x-amz-meta-")}


def main(path, *identity):
    rate = 0
    if identity[:1] == ("--rate",):
        rate, identity = int(identity[1]), identity[2:]
    store, link = Store(path), Link(rate)
    context = None
    if identity:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*identity)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listener, context, store, link), daemon=True).start()
    sys.stdin.read()


def accept(listener, context, store, link):
    while True:
        transport = listener.accept()[0]
        transport.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=begin, args=(transport, context, store, link), daemon=True).start()


def begin(transport, context, store, link):
    try:
        if context:
            transport = context.wrap_socket(transport, server_side=True)
    except OSError:
        return
    Connection(store, link, transport).serve()


if __name__ == "__main__":
    main(*sys.argv[1:])
