"""moto's S3 on a port of 127.0.0.1, or of HOST, with signatures checked:

    s3.py PORT CREDENTIALS-FILE TLS-PORT CERTIFICATE KEY [HOST]

Makes users with a key each by IAM: two that may do everything, the second between them only write; then nothing goes
without a signature. Buckets are made here too: `bucket`, `other`, `locked` with object lock, and `dated`, whose uploads are
of today: moto dates all others 2010. Writes a line "ID SECRET" for each user to the file, which appears when all is ready.
"""
import json
import logging
import os
import sys
import threading
import time

port, target, tls_port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
host = sys.argv[6] if len(sys.argv) > 6 else "127.0.0.1"
# Three users with a key and a policy each.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "9"
os.environ.update(AWS_ACCESS_KEY_ID="setup", AWS_SECRET_ACCESS_KEY="setup", AWS_DEFAULT_REGION="us-east-1")
logging.getLogger("werkzeug").setLevel(logging.ERROR)

import boto3  # noqa: E402
from moto.moto_server.werkzeug_app import (  # noqa: E402
    DomainDispatcherApplication, MotoRequestHandler, create_backend_app)
from moto.s3.responses import S3Response  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402
from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: E402

WSGIRequestHandler.protocol_version = "HTTP/1.1"

# moto looks whether there is an object and then writes it, and another thread may come in between. A store that takes
# conditions takes them one at a time.
one_at_a_time = threading.Lock()
answer = DomainDispatcherApplication.__call__


def answer_conditions_in_turn(application, environ, start_response):
    if "HTTP_IF_NONE_MATCH" not in environ:
        return answer(application, environ, start_response)
    with one_at_a_time:
        return answer(application, environ, start_response)


DomainDispatcherApplication.__call__ = answer_conditions_in_turn

# Whoever sweeps for uploads of yesterday must not take one that is under way for dead.
list_uploads = S3Response.list_multipart_uploads


def list_uploads_of_today(response):
    status, headers, body = list_uploads(response)
    if response.bucket_name == "dated":
        body = body.replace("2010-11-10T20:48:33.000Z", time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
    return status, headers, body


S3Response.list_multipart_uploads = list_uploads_of_today

server = ThreadedMotoServer(host, port, verbose=False)
server.start()
# The same buckets over TLS.
secure = make_server(host, tls_port, DomainDispatcherApplication(create_backend_app), True,
                     request_handler=MotoRequestHandler, ssl_context=(sys.argv[4], sys.argv[5]))
threading.Thread(target=secure.serve_forever, daemon=True).start()
endpoint = f"http://{host}:{port}"
iam = boto3.client("iam", endpoint_url=endpoint)


def user(name, actions):
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [statement]}))
    return key["AccessKeyId"], key["SecretAccessKey"]


users = [user("all", "*"), user("blind", ["s3:PutObject"]), user("other", "*")]
s3 = boto3.client("s3", endpoint_url=endpoint, aws_access_key_id=users[0][0], aws_secret_access_key=users[0][1])
for bucket in ["bucket", "other", "dated"]:
    s3.create_bucket(Bucket=bucket)
s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
with open(target + ".new", "w") as file:
    file.writelines(f"{id} {secret}\n" for id, secret in users)
os.rename(target + ".new", target)
threading.Event().wait()
