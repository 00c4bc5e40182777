"""Errors as sorted lines "path: message": `applied` out of what kubectl printed, `offline` out of `validate -o json`."""

import json
import re
import sys

form, path = sys.argv[1:]
text = open(path).read()
if form == "offline":
    errors = [f"{f['path']}: {f['message']}" for f in json.loads(text)["findings"] if f["severity"] == "error"]
else:
    # Several causes stand on lines of their own, one stands behind the object's name.
    text = text.split(" is invalid: ", 1)[-1]
    errors = re.findall(r"^\* (.*)$", text, re.MULTILINE) or [text.strip()]
print("\n".join(sorted(errors)))
