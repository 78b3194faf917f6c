# ends: import_error
# says: grader
from grader.sandbox.inside import harness


