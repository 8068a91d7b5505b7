"""Messages: sent as exit calls with correlation in their headers, received as business transactions that go on where
those came from."""

import copy

from appdynamics._native import Backend, begin_exit, begin_task, end_request, is_observed
from appdynamics.agent.detection.replaced import replace, undone_by
from appdynamics.agent.detection.tasks import queue_backend

_HEADERS = ("singularityheader", "traceparent", "tracestate")
_BT = "_appdynamics_bt"
_BACKEND = "_appdynamics_backend"

# Attributes of a message that SQS accepts.
_SQS_ATTRIBUTES_MAX = 10


# --- RabbitMQ ---


def pika(module):
    replace(module.Channel, "basic_publish", _in_front_of_publish)

    def in_front_of_consume(original):
        def basic_consume(self, queue, on_message_callback, *args, **kwargs):
            # The blocking connection hands over functions of its own, and is hooked itself.
            if _module_of(on_message_callback).startswith("pika."):
                return original(self, queue, on_message_callback, *args, **kwargs)
            return original(self, queue, _observed(queue, on_message_callback), *args, **kwargs)

        return basic_consume

    replace(module.Channel, "basic_consume", in_front_of_consume)


def pika_blocking(module):
    def in_front_of_consume(original):
        def basic_consume(self, queue, on_message_callback, *args, **kwargs):
            return original(self, queue, _observed(queue, on_message_callback), *args, **kwargs)

        return basic_consume

    replace(module.BlockingChannel, "basic_consume", in_front_of_consume)


def _module_of(function):
    return getattr(getattr(function, "func", function), "__module__", None) or ""


def _in_front_of_publish(original):
    def basic_publish(self, exchange, routing_key, body, properties=None, mandatory=False):
        exit_call = (
            begin_exit(_rabbitmq(self, exchange, routing_key), exchange or routing_key) if is_observed() else None
        )
        if exit_call is None:
            return original(self, exchange, routing_key, body, properties, mandatory)
        try:
            return original(self, exchange, routing_key, body, _with_headers(properties, exit_call), mandatory)
        except BaseException as error:
            exit_call.end(error)
            raise
        finally:
            # After an error this is nothing.
            exit_call.end()

    return basic_publish


def _rabbitmq(channel, exchange, routing_key):
    parameters = getattr(channel.connection, "params", None)
    host, port = getattr(parameters, "host", None), getattr(parameters, "port", None)
    properties = {"Host": host, "Port": port, "Exchange": exchange, "Routing Key": routing_key}
    return Backend("RABBITMQ", f"{exchange or routing_key} - RABBITMQ", properties)


def _with_headers(properties, exit_call):
    from pika.spec import BasicProperties

    properties = BasicProperties() if properties is None else copy.copy(properties)
    headers = dict(properties.headers or {})
    headers.update(exit_call.headers(headers))
    properties.headers = headers
    return properties


def _observed(queue, callback):
    def on_message(channel, method, properties, body):
        headers = getattr(properties, "headers", None) or {}
        bt = begin_task(queue, *[headers.get(name) for name in _HEADERS])
        if bt is None:
            return callback(channel, method, properties, body)
        try:
            result = callback(channel, method, properties, body)
        except BaseException as error:
            end_request(bt, None, error)
            raise
        end_request(bt)
        return result

    return on_message


# --- Kafka ---


def _kafka_backend(servers, topic):
    return Backend("QUEUE", f"{topic} - KAFKA", {"Server Pool": servers, "Destination": topic, "Vendor": "KAFKA"})


def _pairs(headers):
    """Headers of a message as pairs, of which there may be several of one name."""
    return list(headers.items()) if isinstance(headers, dict) else list(headers or ())


def _received(pairs):
    found = dict(_pairs(pairs))
    return [found.get(name) for name in _HEADERS]


def kafka(module):
    def in_front(original):
        def send(self, topic, value=None, key=None, headers=None, *args, **kwargs):
            exit_call = None
            if is_observed():
                servers = self.config.get("bootstrap_servers")
                servers = servers if isinstance(servers, str) else "\n".join(servers or ())
                exit_call = begin_exit(_kafka_backend(servers, topic), topic)
            if exit_call is None:
                return original(self, topic, value, key, headers, *args, **kwargs)
            pairs = _pairs(headers)
            pairs += [(name, text.encode()) for name, text in exit_call.headers(dict(pairs))]
            try:
                result = original(self, topic, value, key, pairs, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return send

    replace(module.KafkaProducer, "send", in_front)


def _end_before(consumer):
    bt = vars(consumer).pop(_BT, None)
    if bt is not None:
        end_request(bt)


def kafka_consumer(module):
    def in_front_of_next(original):
        def __next__(self):
            _end_before(self)
            message = original(self)
            bt = begin_task(message.topic, *_received(message.headers))
            if bt is not None:
                setattr(self, _BT, bt)
            return message

        return __next__

    def in_front_of_close(original):
        def close(self, *args, **kwargs):
            _end_before(self)
            return original(self, *args, **kwargs)

        return close

    replace(module.KafkaConsumer, "__next__", in_front_of_next)
    replace(module.KafkaConsumer, "close", in_front_of_close)


def confluent(module):
    """Its classes are written in C: subclasses take their places."""
    plain_producer, plain_consumer = module.Producer, module.Consumer

    class Producer(plain_producer):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self._appdynamics_servers = _servers(args, kwargs)

        def produce(self, topic, *args, **kwargs):
            exit_call = begin_exit(_kafka_backend(self._appdynamics_servers, topic), topic) if is_observed() else None
            if exit_call is None:
                return super().produce(topic, *args, **kwargs)
            # By position: value, key, partition, callback, timestamp, headers.
            if len(args) < 6:
                pairs = _pairs(kwargs.get("headers"))
                kwargs["headers"] = pairs + exit_call.headers(dict(pairs))
            try:
                result = super().produce(topic, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

    class Consumer(plain_consumer):
        def poll(self, *args, **kwargs):
            _end_before(self)
            message = super().poll(*args, **kwargs)
            if message is not None and message.error() is None:
                bt = begin_task(message.topic(), *_received(message.headers()))
                if bt is not None:
                    setattr(self, _BT, bt)
            return message

        def close(self, *args, **kwargs):
            _end_before(self)
            return super().close(*args, **kwargs)

    for name, ours, plain in (("Producer", Producer, plain_producer), ("Consumer", Consumer, plain_consumer)):
        ours.__module__, ours.__qualname__, ours.__doc__ = plain.__module__, plain.__qualname__, plain.__doc__
        setattr(module, name, ours)
        undone_by(lambda name=name, plain=plain: setattr(module, name, plain))


def _servers(args, kwargs):
    config = dict(args[0]) if args and isinstance(args[0], dict) else {}
    config.update(kwargs)
    return str(config.get("bootstrap.servers") or config.get("metadata.broker.list") or "").replace(",", "\n")


# --- SQS ---


def sqs(module):
    def in_front(original):
        def _make_api_call(self, operation_name, api_params):
            is_sending = operation_name in ("SendMessage", "SendMessageBatch")
            if not is_sending or self.meta.service_model.service_name != "sqs" or not is_observed():
                return original(self, operation_name, api_params)
            url = api_params.get("QueueUrl") or ""
            host = url.split("/")[2] if url.count("/") > 2 else self.meta.endpoint_url
            backend = queue_backend("SQS", host, None, url.rsplit("/", 1)[-1])
            exit_call = begin_exit(backend, operation_name, True)
            if exit_call is None:
                return original(self, operation_name, api_params)
            try:
                result = original(self, operation_name, _with_attributes(api_params, exit_call))
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return _make_api_call

    replace(module.BaseClient, "_make_api_call", in_front)


def _with_attributes(params, exit_call):
    """The parameters with our headers among the attributes of each message, as far as there is room."""
    if "Entries" in params:
        return {**params, "Entries": [_with_own_attributes(entry, exit_call) for entry in params["Entries"]]}
    return _with_own_attributes(params, exit_call)


def _with_own_attributes(message, exit_call):
    attributes = dict(message.get("MessageAttributes") or {})
    for name, value in exit_call.headers(dict.fromkeys(attributes)):
        if len(attributes) < _SQS_ATTRIBUTES_MAX:
            attributes[name] = {"DataType": "String", "StringValue": value}
    return {**message, "MessageAttributes": attributes}
