"""gcp-storage-emulator on a port of 127.0.0.1, with a bucket "bucket": gcs.py PORT

What the emulator leaves out of the JSON API is added here: generation preconditions, pages, and the 308 of a resumable
upload that has no byte yet.
"""
import http.server
import logging
import sys
from http import HTTPStatus

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers import objects

logging.disable(logging.CRITICAL)


def generation(storage, bucket, name):
    try:
        return storage.get_file_obj(bucket, name)["generation"]
    except NotFound:
        return "0"


def refuse(response):
    response.status = HTTPStatus.PRECONDITION_FAILED
    response.json({"error": {"code": 412, "message": "conditionNotMet", "errors": [{"reason": "conditionNotMet"}]}})


def conditional(handler, name_of):
    def handle(request, response, storage, *args, **kwargs):
        wanted = request.query.get("ifGenerationMatch")
        name = name_of(request)
        if wanted and name and generation(storage, request.params["bucket_name"], name) != wanted[0]:
            return refuse(response)
        return handler(request, response, storage, *args, **kwargs)
    return handle


def in_query(request):
    return (request.query.get("name") or [None])[0]


def in_path(request):
    return request.params["object_id"]


def upload_partial(request, response, storage, *args, **kwargs):
    # The condition the session began with holds when the object comes to be.
    total = (request.get_header("Content-Range", "") or "").rsplit("/", 1)[-1]
    name = in_query(request)
    if total != "*" and "ifGenerationMatch" in request.query:
        if generation(storage, request.params["bucket_name"], name) != request.query["ifGenerationMatch"][0]:
            return refuse(response)
    return original_upload_partial(request, response, storage, *args, **kwargs)


def incomplete(response, storage, upload_id, fallback_end=0):
    response.status = objects.GoogleHTTPStatus.RESUME_INCOMPLETE
    received = storage.get_resumable_byte_count(upload_id)
    if received > 0:
        response["Range"] = f"bytes=0-{received - 1}"


def ls(request, response, storage, *args, **kwargs):
    def query(name, default=""):
        return (request.query.get(name) or [default])[0]
    try:
        files, _ = storage.get_file_list(request.params["bucket_name"], query("prefix") or None, None, None)
    except NotFound:
        response.status = HTTPStatus.NOT_FOUND
        return
    files = sorted((f for f in files if f["name"].encode() > query("pageToken").encode()), key=lambda f: f["name"].encode())
    limit = int(query("maxResults", "1000"))
    answer = {"kind": "storage#objects", "items": files[:limit]}
    if len(files) > limit:
        answer["nextPageToken"] = files[limit - 1]["name"]
    response.json(answer)


original_upload_partial = objects.upload_partial
objects._resumable_incomplete = incomplete
objects.upload_partial = upload_partial
objects.insert = conditional(objects.insert, in_query)
objects.get = conditional(objects.get, in_path)
objects.delete = conditional(objects.delete, in_path)
objects.ls = ls

from gcp_storage_emulator.server import create_server  # noqa: E402

http.server.HTTPServer.request_queue_size = 128
create_server("127.0.0.1", int(sys.argv[1]), True, default_bucket="bucket").run()
