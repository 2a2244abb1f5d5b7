"""Copies what the server logs to wherever logs are kept; here, to its own output."""
import pathlib
import sys
import time

offsets = {}
while True:
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("std*")):
        with path.open() as log:
            log.seek(offsets.get(path, 0))
            sys.stdout.write(log.read())
            offsets[path] = log.tell()
    sys.stdout.flush()
    time.sleep(5)
