"""OpenStack Swift with its S3 API on a port of 127.0.0.1: swift-s3.py FOLDER PORT PORT PORT PORT

One of each server, objects in memory, rings of one device; the first port speaks S3, the others are for its own servers.
The user `test:all` has the key `testing`; the bucket is `bucket`. Runs under Debian's Python with Debian's packages on its path, and ends with all it started.
"""
import os
import signal
import subprocess
import sys

from swift.common.ring import RingBuilder

folder, ports = sys.argv[1], dict(zip(["proxy", "account", "container", "object"], map(int, sys.argv[2:])))
here = "127.0.0.1"
common = f"""[DEFAULT]
bind_ip = {here}
bind_port = %(port)d
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
user = {__import__('pwd').getpwuid(os.getuid()).pw_name}
log_address = {folder}/nolog
log_level = ERROR
"""
hashes = f"[swift-hash]\nswift_hash_path_suffix = s\nswift_hash_path_prefix = p\n\n[swift-constraints]\nmax_object_name_length = 1024\n"
os.makedirs(f"{folder}/devices/d", exist_ok=True)
with open(f"{folder}/swift.conf", "w") as file:
    file.write(hashes + "\n[storage-policy:0]\nname = p0\ndefault = yes\n")
for kind, app in [("account", "account"), ("container", "container"), ("object", "mem_object")]:
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": here, "port": ports[kind], "device": "d",
                     "replication_ip": here, "replication_port": ports[kind]})
    builder.rebalance()
    builder.get_ring().save(f"{folder}/{kind}.ring.gz")
    with open(f"{folder}/{kind}.conf", "w") as file:
        file.write(common % {"port": ports[kind]} + f"[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{app}\n")
with open(f"{folder}/proxy.conf", "w") as file:
    file.write(common % {"port": ports["proxy"]} + """[pipeline:main]
pipeline = catch_errors proxy-logging cache listing_formats bulk s3api tempauth copy slo dlo proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_all = testing .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
""")
# The place of swift.conf is no option.
run = f"""
import sys, swift.common.utils
swift.common.utils.SWIFT_CONF_FILE = "{folder}/swift.conf"
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(sys.argv[1], sys.argv[2], default_port=0))
"""
servers = [subprocess.Popen([sys.executable, "-c", run, f"{folder}/{kind}.conf", f"{kind}-server"]) for kind in ports]


def end(*_):
    for server in servers:
        server.kill()
    sys.exit(0)


signal.signal(signal.SIGTERM, end)
servers[0].wait()
end()
