"""What docker-compose.yml promises of each container, above all of the one with hostile code."""

import os
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
ON_NO_NETWORK_OUT = ["beat", "grader", "grader-run", "migrate", "postgres", "redis"]
RUNNING = sorted(set(SERVICES) - {"migrate"})


def internal(network):
    return bool((COMPOSE["networks"][network] or {}).get("internal"))


def neighbours(service):
    networks = set(SERVICES[service]["networks"])
    return {
        other
        for other, described in SERVICES.items()
        if other != service and networks & set(described["networks"])
    }


def stage(name):
    """The lines of Dockerfile that make the image `name`, without those it copies from."""
    stages = re.split(r"^FROM ", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]
    return next(text for text in stages if text.split("\n")[0].endswith(f"AS {name}"))


def test_the_services_are_those_of_the_design():
    assert set(SERVICES) == {
        *("migrate", "web", "default", "beat", "grader", "grader-run", "postgres", "redis"),
    }


def test_what_candidates_run_has_a_grader_of_its_own_with_the_same_walls():
    other = {"command"}
    ours, theirs = SERVICES["grader-run"], SERVICES["grader"]

    assert "--queues=run" in ours["command"]
    assert {key: value for key, value in ours.items() if key not in other} == theirs


def test_the_grader_knows_the_broker_and_nothing_else():
    assert set(SERVICES["grader"]["environment"]) == {"CELERY_BROKER_URL"}
    url = SERVICES["grader"]["environment"]["CELERY_BROKER_URL"]
    assert url.startswith("redis://grader:${GRADER_REDIS_PASSWORD:?")
    assert "env_file" not in SERVICES["grader"]
    assert "secrets" not in SERVICES["grader"]
    assert "volumes" not in SERVICES["grader"]


@pytest.mark.parametrize("name", ["web", "default", "beat"])
@pytest.mark.parametrize(
    "variable",
    [
        *("EMAIL_URL", "DEFAULT_FROM_EMAIL", "SECRET_KEY_FALLBACKS", "OIDC_SERVER_URL"),
        *("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_ORGANISATION", "OIDC_ROLE"),
        "OIDC_VERIFIED_DOMAINS",
    ],
)
def test_what_an_operator_sets_reaches_those_who_need_it(name, variable):
    assert SERVICES[name]["environment"][variable].startswith(f"${{{variable}:-")


def test_the_grader_reaches_the_broker_and_nothing_else():
    assert neighbours("grader") == {"grader-run", "redis"}
    assert all(internal(network) for network in SERVICES["grader"]["networks"])


def test_the_grader_has_no_rights_but_those_of_the_sandbox():
    grader = SERVICES["grader"]

    assert grader["cap_drop"] == ["ALL"]
    assert "cap_add" not in grader
    assert "privileged" not in grader
    assert grader["read_only"] is True
    assert grader["user"] == "10001:10001"
    options = dict(re.split("[:=]", option, maxsplit=1) for option in grader["security_opt"])
    assert options["no-new-privileges"] == "true"
    assert (ROOT / options["seccomp"]).is_file()


def test_the_grader_is_limited():
    grader = SERVICES["grader"]

    assert grader["mem_limit"] == grader["memswap_limit"]
    assert grader["pids_limit"] <= 256
    assert grader["cpus"] > 0
    assert grader["ulimits"]["core"] == 0


def test_the_grader_can_be_scaled():
    """Compose refuses to make a second container with the same name or the same port."""
    assert "container_name" not in SERVICES["grader"]
    assert "ports" not in SERVICES["grader"]


def test_only_the_web_process_is_reachable_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"] == ["${PUBLISH:-127.0.0.1:8000}:8000"]


@pytest.mark.parametrize("name", ON_NO_NETWORK_OUT)
def test_what_needs_no_way_out_has_none(name):
    assert all(internal(network) for network in SERVICES[name]["networks"])


@pytest.mark.parametrize("name", RUNNING)
def test_every_running_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "default", "beat", "grader", "redis", "migrate"])
def test_our_containers_write_nowhere_but_in_named_places(name):
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in SERVICES[name]["security_opt"]


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "GRADER_REDIS_PASSWORD"]
)
def test_a_missing_secret_stops_the_start_by_name(name):
    uses = re.findall(rf"\$\{{{name}\b(?!_)[^}}]*\}}", TEXT)

    assert uses
    assert all(use.startswith(f"${{{name}:?set {name}") for use in uses)


def test_nothing_touches_the_engine_itself():
    assert "docker.sock" not in TEXT
    assert "privileged: true" not in TEXT
    assert "network_mode" not in TEXT
    assert "SYS_ADMIN" not in TEXT


def test_files_that_are_mounted_exist_and_run():
    (script,) = [
        ROOT / volume.split(":")[0]
        for volume in SERVICES["redis"]["volumes"]
        if volume.startswith("./")
    ]

    assert os.access(script, os.X_OK)


def test_the_grading_image_holds_the_grader_alone():
    copied = re.findall(r"^COPY (?!--from)(.*)$", stage("grader"), flags=re.MULTILINE)

    assert copied == ["grader /opt/minima/grader"]
    assert re.findall(r"^COPY --from=(\S+)", stage("grader"), flags=re.MULTILINE) == [
        "grader-packages"
    ]
    assert "requirements/grader.txt" in stage("packages")
    assert "server.txt" not in stage("packages") + stage("grader-packages")


@pytest.mark.parametrize("name", ["grader", "server"])
def test_images_run_as_nobody_in_particular(name):
    (user,) = re.findall(r"^USER (\d+):\d+$", stage(name), flags=re.MULTILINE)

    assert int(user) >= 10000


def test_images_hold_no_tests_and_no_history():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in ignored
    sent = {line[1:] for line in ignored if line.startswith("!")}
    assert sent.isdisjoint({".git", "tests", "var", ".venv", "docs", "benchmarks", "script"})
    for name in sent:
        assert (ROOT / name).exists()


def test_the_images_ask_for_the_command_that_is_there():
    queues = re.search(r"--queues=(\S+)\"", stage("grader")).group(1)

    assert queues == "run,grading,batch,regrade"
    assert (ROOT / "config/gunicorn.py").is_file()
