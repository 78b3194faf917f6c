"""The messages on the control socket, between the forkserver's two sides."""

import struct

FORK = struct.Struct("<cIQQQ")  # b"F", run, address space, CPU seconds, open files
REAP = struct.Struct("<cI")  # b"W", run
REAPED = struct.Struct("<IiddI")  # run, wait status, CPU seconds, peak MiB, lowest free descriptor
READY = b"ready"
# Exit statuses of a child: the harness itself ran out of memory, or could not go on.
OUT_OF_MEMORY, BROKEN = 73, 72
