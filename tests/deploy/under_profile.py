"""Run a command under a container engine's seccomp profile: under_profile.py PROFILE COMMAND...

A container engine turns the same JSON into the same filter with the same library, so that a
profile can be tried where no engine is at hand.
"""

import ctypes
import json
import os
import sys

ALLOW, ERRNO = 0x7FFF0000, 0x00050000
OPERATORS = {"SCMP_CMP_NE": 1, "SCMP_CMP_EQ": 4}


class Comparison(ctypes.Structure):
    _fields_ = [
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("value", ctypes.c_uint64),
        ("other", ctypes.c_uint64),
    ]


def action(rule, default=1):
    return {"SCMP_ACT_ALLOW": ALLOW, "SCMP_ACT_ERRNO": ERRNO | rule.get("errnoRet", default)}[
        rule["action"]
    ]


def add(library, context, rule):
    arguments = [
        Comparison(entry["index"], OPERATORS[entry["op"]], entry["value"], 0)
        for entry in rule.get("args", [])
    ]
    for name in rule["names"]:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number == -1:  # newer than the library, so that no program here uses it
            continue
        array = (Comparison * len(arguments))(*arguments)
        status = library.seccomp_rule_add_array(
            context, action(rule), number, len(arguments), array
        )
        # EDOM: a call of another processor.
        if status not in {0, -33}:
            raise OSError(-status, f"{name}: {os.strerror(-status)}")


def load(profile):
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add_array.argtypes = [
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p)
    ]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(ERRNO | profile["defaultErrnoRet"])
    for rule in profile["syscalls"]:
        add(library, context, rule)
    if status := library.seccomp_load(context):
        raise OSError(-status, os.strerror(-status))


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        load(json.load(file))
    os.execv(sys.argv[2], sys.argv[2:])
