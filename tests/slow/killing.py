"""Runs of geoplan that are killed on order: one line of JSON in says when, one line of JSON out says what became of it.

geoplan is loaded once; each run is a process of its own, forked, and killed with SIGKILL.
"""

import contextlib
import io
import json
import os
import select
import signal
import sys
import time
from pathlib import Path

ASKED = "natural_shoreline"
WATCHED = ("open", "os.", "shutil.")


def run(order, tell):
    """In the forked process: run, counting what is done to the disk about the results, and die when it is time."""
    from geoplan.cli import main
    from geoplan.draw import exchange

    out = Path(order["out"])
    events = []
    marks = (f".{out.name}.geoplan-", str(out))

    def heard(name, arguments):
        if not name.startswith(WATCHED) or not arguments or not isinstance(arguments[0], (str, bytes)):
            return
        path = os.fsdecode(arguments[0])
        if any(mark in path for mark in marks):
            if len(events) == order.get("event"):
                os.kill(os.getpid(), signal.SIGKILL)
            events.append(f"{name} {Path(path).name}")

    if order.get("rename"):
        exchange._exchanged = lambda *_: False
        left = [order["rename"]]
        rename = Path.rename

        def counted(self, target):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return rename(self, target)

        Path.rename = counted
    sys.addaudithook(heard)
    began = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        code = main(["run", "town", "-o", str(out), "--only", ASKED, "--stamp", order["stamp"]])
    tell(code=code, events=events, seconds=time.monotonic() - began)


def carried_out(order):
    """Fork a run, kill it where the clock says so, and tell how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)

        def tell(**told):
            with os.fdopen(writing, "w") as pipe:
                json.dump(told, pipe)

        try:
            run(order, tell)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        if "after" in order and not select.select([pipe], [], [], order["after"])[0]:
            os.kill(child, signal.SIGKILL)
        said = pipe.read()
    status = os.waitpid(child, 0)[1]
    return {"killed": os.WIFSIGNALED(status), **(json.loads(said) if said else {"code": None})}


def serve():
    from geoplan.cli import main

    # everything a run needs is loaded once, here
    with contextlib.redirect_stdout(io.StringIO()):
        main(["run", "town", "-o", "warm", "--only", ASKED])
    import shutil

    shutil.rmtree("warm")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(carried_out(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
