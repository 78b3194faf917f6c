"""`python -m grader`: the grader without Django, a database or a queue."""

import sys

from grader.command import main

if __name__ == "__main__":
    sys.exit(main())
