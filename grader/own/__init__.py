"""Own tasks: rows that an organisation writes itself, as data and code that never runs in here.

A row of the catalogue is our code and runs in our process. The code of an own task is as foreign as
a candidate's: its reference, gradient, generator, misconceptions and variants run in a sandbox.
"""

from grader.own.audit import audit_own
from grader.own.definition import SCHEMA, faults
from grader.own.task import own_task
from grader.own.workshop import BrokenTask

__all__ = ["SCHEMA", "BrokenTask", "audit_own", "faults", "own_task"]
