"""gcp-storage-emulator on a port of 127.0.0.1, with a bucket "bucket": gcs.py PORT"""
import logging
import sys

from gcp_storage_emulator.server import create_server

logging.disable(logging.CRITICAL)
create_server("127.0.0.1", int(sys.argv[1]), True, default_bucket="bucket").run()
