"""Beat as deployed shows that it lives, by the file that its health check looks at."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
BEAT = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["beat"]


def healthy(var):
    (name, minutes) = re.search(
        r"-name (\S+) -mmin -(\d+)", BEAT["healthcheck"]["test"][1]
    ).groups()
    path = var / name
    return path.exists() and time.time() - path.stat().st_mtime < 60 * int(minutes)


@pytest.mark.slow
def test_the_health_check_sees_a_living_beat_and_not_a_dead_one(tmp_path):
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "SECRET_KEY": "x"}
    command = [sys.executable, *BEAT["command"][1:]]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as beat:
        deadline = time.monotonic() + 30
        while not healthy(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert healthy(tmp_path)
        beat.terminate()

    stale = time.time() - 200
    os.utime(tmp_path / "beat.alive", (stale, stale))
    assert not healthy(tmp_path)
