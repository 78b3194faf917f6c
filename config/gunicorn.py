"""The web server's settings, for script/server and the container alike."""

import os
from pathlib import Path

wsgi_app = "config.wsgi:application"
bind = os.environ.get("BIND", "0.0.0.0:8000")
# A page that waits for a verdict holds its thread for some 20 s, so threads are plenty.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "16"))
timeout = 60
keepalive = 5
# Long polls may be cut short at the end: their pages ask again.
graceful_timeout = 3
loglevel = "warning"
# Workers show that they live by touching a file; on a slow disk they would seem dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Nothing here is managed at run time through a socket.
control_socket_disable = True
