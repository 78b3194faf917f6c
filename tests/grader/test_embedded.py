"""The broker of files: one reader a message, the oldest first, urgent queues first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from grader import broker
from grader.embedded import Channel


@pytest.fixture
def connect(tmp_path):
    """Opens connections to one broker, as several processes do."""
    options = broker.settings("", tmp_path)
    opened = []

    def connect():
        connection = Connection(
            options["broker_url"], transport_options=options["broker_transport_options"]
        )
        opened.append(connection)
        return connection.connect() and connection

    yield connect
    for connection in opened:
        connection.release()


def drain(connection, *names, count=None):
    """Take messages off the queues until they are empty."""
    taken = []
    channel = connection.channel()
    for name in names:
        channel.queue_declare(name)
        channel.basic_consume(name, True, lambda m: taken.append(m.decode()), name)
    while count is None or len(taken) < count:
        try:
            connection.drain_events(timeout=0.05)
        except TimeoutError:
            break
    channel.close()
    return taken


def send(connection, queue, *bodies):
    with connection.Producer() as producer:
        for body in bodies:
            producer.publish(body, routing_key=queue, exchange="", serializer="json")


def test_messages_come_in_the_order_they_went(connect):
    send(connect(), "q", *range(20))

    assert drain(connect(), "q") == list(range(20))


def test_the_urgent_queue_comes_first_and_again_first(connect):
    sender = connect()
    send(sender, "grading", "g1", "g2")
    send(sender, "run", "r1", "r2")

    assert drain(connect(), "run", "grading") == ["r1", "r2", "g1", "g2"]


def test_a_queue_gets_its_own_messages_only(connect):
    sender = connect()
    send(sender, "a", 1)
    send(sender, "b", 2)

    assert drain(connect(), "b") == [2]
    assert drain(connect(), "a") == [1]


def test_ten_readers_and_five_writers_lose_and_double_nothing(connect):
    connections = [connect() for _ in range(15)]
    start = threading.Barrier(15)

    def write(index):
        start.wait()
        send(connections[index], "q", *range(index * 40, index * 40 + 40))
        return []

    def read(index):
        start.wait()
        return drain(connections[index], "q")

    with ThreadPoolExecutor(15) as pool:
        writers = [pool.submit(write, index) for index in range(5)]
        readers = [pool.submit(read, index) for index in range(5, 15)]
        for writer in writers:
            writer.result()
        taken = [body for reader in readers for body in reader.result()]
    taken += drain(connect(), "q")

    assert sorted(taken) == list(range(200))


def test_a_half_written_message_is_not_read(connect, tmp_path):
    send(connect(), "q", 1)
    folder = tmp_path / "broker" / "q"
    (folder / ".00000000000000000000-draft").write_text('{"half":')

    assert drain(connect(), "q") == [1]


def test_messages_wait_for_a_reader_that_comes_later(connect):
    send(connect(), "q", 1)
    channel = connect().channel()

    assert channel.queue_declare("q", passive=True).message_count == 1
    assert channel.queue_purge("q") == 1
    assert drain(connect(), "q") == []


@pytest.mark.parametrize("name", ["../evil", "/etc", "", ".", "a/b", "x" * 200])
def test_a_queue_is_never_outside_the_brokers_folder(connect, name):
    channel = connect().channel()
    assert isinstance(channel, Channel)

    with pytest.raises(ChannelError):
        channel._put(name, {})


def test_redis_is_told_how_long_a_grading_may_take():
    options = broker.settings("redis://localhost/0", None)

    assert options["broker_url"] == "redis://localhost/0"
    assert options["broker_transport_options"]["visibility_timeout"] >= 120


@pytest.mark.redis
def test_redis_is_asked_for_the_urgent_queue_first_and_again_first(redis_server):
    options = broker.settings(redis_server.url, None)["broker_transport_options"]
    with Connection(redis_server.url, transport_options=options) as connection:
        send(connection, "regrade", "a1", "a2")
        send(connection, "batch", "b1", "b2")
        send(connection, "grading", "g1", "g2")
        send(connection, "run", "r1", "r2")

        taken = drain(connection, "grading", "regrade", "batch", "run", count=8)

    assert taken == ["r1", "r2", "g1", "g2", "b1", "b2", "a1", "a2"]
