"""Reads an EtcdBackup, prints it with the status that a controller writes when it comes to the phase named."""

import json
import sys
from datetime import datetime, timezone

phase = sys.argv[1]
backup = json.load(sys.stdin)
now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
status = backup.setdefault("status", {})
status |= {"phase": phase, "observedGeneration": backup["metadata"]["generation"]}
status.setdefault("startTime", now)


def conclude(succeeded, reason, message):
    status["completionTime"] = now
    status["conditions"] = [{
        "type": "Succeeded", "status": succeeded, "reason": reason, "message": message, "lastTransitionTime": now,
        "observedGeneration": backup["metadata"]["generation"],
    }]


if phase == "Completed":
    destination, cluster = backup["spec"]["destination"], backup["spec"]["clusterRef"]
    stamp = now.replace("-", "").replace(":", "")
    key = f"{destination['prefix']}/{cluster}/{backup['metadata']['name']}-{stamp}.db"
    status["snapshotLocation"] = f"s3://{destination['s3']['bucket']}/{key}"
    status["snapshotSizeBytes"] = 20 << 20
    conclude("True", "SnapshotUploaded", "snapshot uploaded")
elif phase == "Failed":
    conclude("False", "AccessDenied", "the store refused the upload: AccessDenied; check the policy of the key in Secret store")
json.dump(backup, sys.stdout)
