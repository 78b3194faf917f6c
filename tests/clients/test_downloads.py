"""Results in a file: made by a worker's steps, carried over the network, written whole."""

import csv
import json
import zipfile

import pyarrow.parquet as pq
import pytest

from assessments import actions
from assessments.exports import making
from assessments.models import Export
from minima_client import Client, Conflict, ExportFailed, NotFound, Unreachable
from minima_client.command import main as command


@pytest.fixture
def over(version, choice_question):
    """Two attempts that are over."""
    for name in ("Ada", "Ben"):
        attempt = actions.start_attempt(actions.invite(version, name, f"{name}@example.com"))
        actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
        actions.finish_attempt(attempt)


def work(seconds):
    """What a worker does meanwhile."""
    making.work_on(Export.objects.order_by("created_at").last().pk)


@pytest.fixture
def minima(live_server, make_token):
    with Client(live_server.url, make_token("read"), sleep=work) as client:
        yield client


def test_an_export_is_followed_and_fetched(minima, over, tmp_path):
    told, got = [], []
    asked = minima.exports.create(
        kind="attempts", format="csv", names=True, filters={"state": "finished"}
    )
    with pytest.raises(Conflict):
        minima.exports.download(asked.id, tmp_path / "early.csv")
    made = minima.exports.wait(asked.id, progress=lambda each: told.append(each.state))
    file = minima.exports.download(
        asked.id, tmp_path / "a.csv", progress=lambda *each: got.append(each)
    )

    assert (told[0], told[-1]) == ("queued", "ready")
    assert got[-1] == (made.size, made.size)
    assert file.stat().st_size == made.size
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    names = [each.name for each in minima.exports.codebook(asked.id).columns]
    assert (len(rows), list(rows[0])) == (2, names)
    assert [each.id for each in minima.exports.list(state="ready")] == [asked.id]
    minima.exports.remove(asked.id)
    with pytest.raises(NotFound):
        minima.exports.download(asked.id, file)
    # What was there stays, and nothing half is left beside it.
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_what_could_not_be_made_is_told(minima, over):
    asked = minima.exports.create(kind="answers", format="jsonl")
    Export.objects.update(state="failed", failure="Too many rows.")

    with pytest.raises(ExportFailed, match="Too many rows"):
        minima.exports.wait(asked.id)


def test_a_file_that_breaks_off_is_fetched_again(
    make_distant, courier, over, tmp_path, monkeypatch
):
    monkeypatch.setattr("minima_client.exports.PIECE", 16)
    minima = make_distant(sleep=work)
    asked = minima.exports.create(kind="attempts", format="csv")
    minima.exports.wait(asked.id)
    fates = iter(["break"])
    courier.fate = lambda method, path: next(fates, "deliver")

    assert minima.exports.download(asked.id, tmp_path / "a.csv").read_text().count("\n") == 3
    courier.fate = lambda method, path: "break"
    with pytest.raises(Unreachable):
        minima.exports.download(asked.id, tmp_path / "b.csv")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_the_command_downloads_results(
    live_server, make_token, over, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    make_client = command.Client
    monkeypatch.setattr(command, "Client", lambda *given: make_client(*given, sleep=work))
    words = ["results", "download", "--url", live_server.url, "--token", make_token()]

    def run(*more):
        ending = command.main([*words, *more])
        return ending, capsys.readouterr()

    ending, said = run("--format", "parquet", "--assessment", "first")
    assert ending == 0
    assert "2 rows" in said.out
    assert "2 of 2 attempts" in said.err
    assert pq.read_table(tmp_path / "minima-attempts.parquet").num_rows == 2
    ending, said = run("--format", "parquet")
    assert (ending, "--force" in said.err) == (2, True)
    ending, said = run("--rows", "answers", "--format", "jsonl", "--json", "-o", "a.jsonl")
    told = json.loads(said.out)
    assert (told["file"], told["export"]["state"], said.err) == ("a.jsonl", "ready", "")
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == told["export"]["rows"] > 0
    assert run("-o", "nowhere/a.csv")[0] == 2
    ending, said = run("--timeout", "0", "--format", "jsonl", "--codebook")
    waited = Export.objects.order_by("created_at").last()
    assert (ending, str(waited.pk) in said.err) == (6, True)
    assert run("--export", str(waited.pk))[0] == 0
    assert zipfile.is_zipfile(tmp_path / "minima-attempts.zip")
    assert Export.objects.count() == 3
