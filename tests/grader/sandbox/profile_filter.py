"""Turns a seccomp profile in Docker's format into a filter, with libseccomp as runc does."""

import errno
import json
from pathlib import Path

from grader.sandbox import filters

PROFILE = Path(__file__).parent / "seccomp-grader.json"
OPERATORS = {"SCMP_CMP_NE": 1, "SCMP_CMP_EQ": 4, "SCMP_CMP_MASKED_EQ": 7}
ALLOW = "SCMP_ACT_ALLOW"


def program() -> bytes:
    profile = json.loads(PROFILE.read_text())
    made = filters.Filter(filters.refuse(profile.get("defaultErrnoRet", errno.EPERM)))
    for rule in profile["syscalls"]:
        refused = filters.refuse(rule.get("errnoRet", errno.EPERM))
        action = filters.ALLOW if rule["action"] == ALLOW else refused
        if action == filters.refuse(profile.get("defaultErrnoRet", errno.EPERM)):
            continue
        comparisons = [
            filters.Comparison(
                each["index"], OPERATORS[each["op"]], each["value"], each.get("valueTwo", 0)
            )
            for each in rule.get("args", ())
        ]
        for name in rule["names"]:
            made.rule(action, name, *comparisons)
    return made.export()
