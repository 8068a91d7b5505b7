"""Messages: sent with correlation, received as the same transaction."""

import contextlib
import threading

import pytest

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")


def continued(received, trace_id):
    """The segments that went on elsewhere in the request of a snapshot."""
    return [s for s in received.snapshots if s.trace_id == trace_id and s.parent_span_id]


def test_pika(agent, rabbitmq):
    import pika

    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", rabbitmq.port))
    channel = connection.channel()
    channel.queue_declare("orders")
    with appd.bt("shop"):
        channel.basic_publish("", "orders", b"one", pika.BasicProperties(headers={"own": "kept"}))
    channel.basic_publish("", "orders", b"two")  # outside of transactions
    seen = []

    def on_message(channel, method, properties, body):
        seen.append((body, properties.headers, appd.get_active_bt_handle(None) is not None))
        if body == b"two":
            channel.stop_consuming()
            raise ValueError("no bread")

    channel.basic_consume("orders", on_message, auto_ack=True)
    with pytest.raises(ValueError):
        channel.start_consuming()
    connection.close()
    received = agent.stop()
    [(_, headers, first_active), (_, _, second_active)] = seen
    assert first_active
    assert second_active
    assert headers["own"] == "kept"
    snapshot = received.snapshot("shop")
    [call] = snapshot.exit_calls
    assert (call.exit_type, call.operation) == ("RABBITMQ", "orders")
    assert call.identifying["Routing Key"] == "orders"
    assert call.identifying["Host"] == "127.0.0.1"
    [behind] = continued(received, snapshot.trace_id)
    assert behind.parent_span_id == call.span_id
    assert received.bts()["orders"] == 1
    assert received.snapshot("orders").errors[0]["exception.type"] == "ValueError"


@pytest.fixture
def celery_application(redis_server):
    import celery

    application = celery.Celery(
        "tests",
        broker=f"redis://127.0.0.1:{redis_server.port}/1",
        backend=f"redis://127.0.0.1:{redis_server.port}/2",
    )
    application.conf.update(worker_hijack_root_logger=False, broker_connection_retry_on_startup=True)
    return application


def test_celery(agent, celery_application):
    import celery.worker.state
    from celery.exceptions import WorkerShutdown

    seen = threading.Event()

    @celery_application.task(name="tasks.bake")
    def bake(what):
        assert appd.get_active_bt_handle(None)
        return f"{what} baked"

    @celery_application.task(name="tasks.burn")
    def burn():
        raise ValueError("no bread")

    @celery_application.task(name="tasks.last")
    def last():
        seen.set()

    with appd.bt("shop"):
        bake.delay("bread")
    burn.delay()
    last.delay()
    worker = celery_application.Worker(
        pool="solo", loglevel="CRITICAL", without_gossip=True, without_mingle=True, without_heartbeat=True
    )

    def stop():
        seen.wait(30)
        celery.worker.state.should_stop = 0

    threading.Thread(target=stop, daemon=True).start()
    try:
        with contextlib.suppress(SystemExit, WorkerShutdown):
            worker.start()
    finally:
        celery.worker.state.should_stop = None
    received = agent.stop()
    snapshot = received.snapshot("shop")
    [call] = snapshot.exit_calls
    assert (call.exit_type, call.operation) == ("QUEUE", "tasks.bake")
    assert call.identifying["Vendor"] == "CELERY"
    [behind] = continued(received, snapshot.trace_id)
    assert behind.parent_span_id == call.span_id
    counts = received.bts()
    assert (counts["tasks.burn"], counts["tasks.last"]) == (1, 1)
    assert received.snapshot("tasks.burn").errors[0]["exception.type"] == "ValueError"


def bake(what):
    return f"{what} baked" if appd.get_active_bt_handle(None) else "not seen"


def burn():
    raise ValueError("no bread")


def test_rq(agent, redis_server):
    import redis
    import rq

    connection = redis.Redis(host="127.0.0.1", port=redis_server.port, db=3)
    queue = rq.Queue("orders", connection=connection)
    with appd.bt("shop"):
        job = queue.enqueue(bake, "bread")
    queue.enqueue(burn)
    worker = rq.SimpleWorker([queue], connection=connection)
    worker.log.setLevel("CRITICAL")
    worker.work(burst=True)
    # A method since RQ 1.12.
    value = job.return_value
    assert (value() if callable(value) else value) == "bread baked"
    connection.close()
    received = agent.stop()
    snapshot = received.snapshot("shop")
    [call] = snapshot.exit_calls
    assert (call.exit_type, call.operation) == ("QUEUE", "test_queues.bake")
    [behind] = continued(received, snapshot.trace_id)
    assert behind.parent_span_id == call.span_id
    assert received.snapshot("test_queues.burn").errors[0]["exception.type"] == "ValueError"


def test_confluent_kafka(agent):
    confluent_kafka = pytest.importorskip("confluent_kafka")
    # librdkafka brings a broker for tests.
    producer = confluent_kafka.Producer(
        {"test.mock.num.brokers": 1, "bootstrap.servers": "127.0.0.1:1", "topic.metadata.refresh.interval.ms": 100}
    )
    brokers = [f"{b.host}:{b.port}" for b in producer.list_topics(timeout=10).brokers.values()]
    with appd.bt("shop"):
        producer.produce("orders", b"one", headers=[("own", b"kept")])
    producer.flush(10)
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": ",".join(brokers), "group.id": "tests", "auto.offset.reset": "earliest"}
    )
    assert isinstance(consumer, confluent_kafka.cimpl.Consumer)
    consumer.subscribe(["orders"])
    message = None
    for _ in range(100):
        message = consumer.poll(0.2)
        if message is not None and message.error() is None:
            break
    assert message.value() == b"one"
    assert dict(message.headers())["own"] == b"kept"
    assert appd.get_active_bt_handle(None)
    consumer.close()
    assert appd.get_active_bt_handle(None) is None
    received = agent.stop()
    snapshot = received.snapshot("shop")
    [call] = snapshot.exit_calls
    assert (call.exit_type, call.identifying["Destination"], call.identifying["Vendor"]) == ("QUEUE", "orders", "KAFKA")
    [behind] = continued(received, snapshot.trace_id)
    assert behind.parent_span_id == call.span_id


def test_sqs(agent, backend):
    """Without Amazon's service: what is put into the message before the driver makes a request of it."""
    import boto3
    from botocore.stub import ANY, Stubber

    client = boto3.client(
        "sqs", region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x", endpoint_url=backend.url
    )
    sent = []
    client.meta.events.register("before-parameter-build.sqs.SendMessage", lambda params, **more: sent.append(params))
    url = "https://sqs.eu-west-1.amazonaws.com/1/orders"
    with Stubber(client) as stubber:
        expected = {"QueueUrl": url, "MessageBody": "one", "MessageAttributes": ANY}
        stubber.add_response("send_message", {"MessageId": "1"}, expected)
        with appd.bt("shop"):
            client.send_message(
                QueueUrl=url,
                MessageBody="one",
                MessageAttributes={"own": {"DataType": "String", "StringValue": "kept"}},
            )
    received = agent.stop()
    [call] = received.snapshot("shop").exit_calls
    assert (call.exit_type, call.operation) == ("QUEUE", "SendMessage")
    assert call.identifying == {"Host": "sqs.eu-west-1.amazonaws.com", "Destination": "orders", "Vendor": "SQS"}
    attributes = sent[0]["MessageAttributes"]
    assert set(attributes) == {"own", "singularityheader", "traceparent", "tracestate"}
    assert attributes["own"]["StringValue"] == "kept"
    assert "*guid=" in attributes["singularityheader"]["StringValue"]


def test_pymongo(agent):
    """Without a server of MongoDB (none is to be had from Debian): a server of a few lines that speaks its protocol."""
    import mongo_server
    import pymongo

    with mongo_server.MongoServer() as server:
        client = pymongo.MongoClient("127.0.0.1", server.port, serverSelectionTimeoutMS=5000)
        with appd.bt("shop"):
            assert client.shop.bread.find_one({"name": "secret"}) == {"_id": 1, "name": "rye"}
            with pytest.raises(pymongo.errors.OperationFailure):
                client.shop.command("burn")
        client.close()
    received = agent.stop()
    calls = received.snapshot("shop").exit_calls
    assert [call.operation for call in calls] == ["find bread", "burn"]
    for call in calls:
        pool = f"127.0.0.1:{server.port}"
        assert call.identifying == {"Server Pool": pool, "Database": "shop", "Vendor": "MONGODB"}
    assert calls[1].errors
