"""`python -m minima_client` is `minima`."""

import sys

from minima_client.command.main import main

sys.exit(main())
