"""The first thing that runs behind the outer walls, as a script: drops root, starts the server.

Its argument is the control socket's descriptor; the first message there is the configuration.
"""

import importlib
import json
import os
import socket
import sys
from typing import Any

# Out of the way of the children's descriptors, which count from 3.
CONTROL = 100


def main() -> None:
    inherited = int(sys.argv[1])
    os.dup2(inherited, CONTROL, inheritable=False)
    os.closerange(3, CONTROL)
    control = socket.socket(fileno=CONTROL)
    configuration: dict[str, Any] = json.loads(control.recv(1 << 17))
    sys.path[:] = configuration["path"]
    # By name, because the path is known only now, and NumPy is to be imported as the new user.
    lockdown = importlib.import_module("grader.sandbox.inside.lockdown")
    if configuration["become"] is not None:
        lockdown.become(configuration["become"], configuration["syscalls"]["capset"])
    server = importlib.import_module("grader.sandbox.inside.server")
    server.serve(control, configuration)


if __name__ == "__main__":
    main()
