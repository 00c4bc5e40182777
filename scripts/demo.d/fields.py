"""The spec of an object in JSON as lines "path: value", sorted."""

import json
import sys


def lines(value, path):
    if isinstance(value, dict) and value:
        for key in sorted(value):
            yield from lines(value[key], f"{path}.{key}")
    else:
        yield f"{path}: {json.dumps(value)}"


print("\n".join(lines(json.load(sys.stdin)["spec"], "spec")))
