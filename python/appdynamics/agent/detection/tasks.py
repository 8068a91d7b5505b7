"""Tasks of Celery and jobs of RQ: sent as exit calls, run as business transactions that go on where those came from."""

import sys

from appdynamics._native import Backend, begin_exit, begin_task, end_request, is_observed
from appdynamics.agent.detection.replaced import replace, undone_by

_BACKEND = "_appdynamics_backend"
_BT = "_appdynamics_bt"
_HEADERS = ("singularityheader", "traceparent", "tracestate")


def queue_backend(vendor, host, port, destination):
    """The backend of a queue."""
    place = f"{host}:{port}" if port else host
    label = f"{destination} - {vendor}" if destination else f"{vendor} - {place}"
    properties = {"Host": host, "Port": port, "Destination": destination, "Vendor": vendor}
    return Backend("QUEUE", label, properties)


def _celery_backend(app):
    backend = vars(app).get(_BACKEND)
    if backend is None:
        try:
            connection = app.connection_for_write()
            host, port = connection.hostname, connection.port
            backend = queue_backend("CELERY", host or connection.transport_cls, port, app.conf.task_default_queue)
        except Exception:
            backend = queue_backend("CELERY", "unknown", None, None)
        setattr(app, _BACKEND, backend)
    return backend


def celery(module):
    def in_front(original):
        def send_task(self, name, *args, **kwargs):
            exit_call = begin_exit(_celery_backend(self), name, True) if is_observed() else None
            if exit_call is None:
                return original(self, name, *args, **kwargs)
            headers = dict(kwargs.get("headers") or {})
            headers.update(exit_call.headers(headers))
            kwargs["headers"] = headers
            try:
                result = original(self, name, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return send_task

    replace(module.Celery, "send_task", in_front)


def celery_worker(module):
    from celery import signals

    def on_prerun(task=None, **more):
        request = task.request
        given = getattr(request, "headers", None) or {}
        # Headers of a message are a part of the request, or a dictionary in it, by version.
        headers = [given.get(name) or getattr(request, name, None) for name in _HEADERS]
        bt = begin_task(task.name, *headers)
        if bt is not None:
            setattr(request, _BT, bt)

    def on_failure(sender=None, exception=None, **more):
        bt = getattr(sender.request, _BT, None)
        if bt is not None:
            setattr(sender.request, _BT, None)
            end_request(bt, None, exception)

    def on_postrun(task=None, **more):
        bt = getattr(task.request, _BT, None)
        if bt is not None:
            setattr(task.request, _BT, None)
            end_request(bt)

    for signal, handler in (
        (signals.task_prerun, on_prerun),
        (signals.task_failure, on_failure),
        (signals.task_postrun, on_postrun),
    ):
        signal.connect(handler, weak=False)
        undone_by(lambda signal=signal, handler=handler: signal.disconnect(handler))


def rq(module):
    def in_front(original):
        def enqueue_job(self, job, *args, **kwargs):
            exit_call = None
            if is_observed():
                known = self.connection.connection_pool.connection_kwargs
                backend = queue_backend("RQ", known.get("host", known.get("path")), known.get("port"), self.name)
                exit_call = begin_exit(backend, job.func_name or "", True)
            if exit_call is None:
                return original(self, job, *args, **kwargs)
            job.meta.update(exit_call.headers(job.meta))
            try:
                result = original(self, job, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return enqueue_job

    replace(module.Queue, "enqueue_job", in_front)


def rq_worker(module):
    def in_front(original):
        def perform(self, *args, **kwargs):
            meta = self.meta or {}
            bt = begin_task(self.func_name or "job", *[meta.get(name) for name in _HEADERS])
            if bt is None:
                return original(self, *args, **kwargs)
            try:
                return original(self, *args, **kwargs)
            finally:
                end_request(bt, None, sys.exc_info()[1])

        return perform

    replace(module.Job, "perform", in_front)
