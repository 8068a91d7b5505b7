"""Commands of MongoDB become exit calls, by the driver's own announcements."""

from appdynamics._native import Backend, begin_exit, is_observed
from appdynamics.agent.detection.replaced import undone_by

# Commands in flight are few; what is left here was neither answered nor failed.
_IN_FLIGHT_MAX = 10_000
_BACKENDS_MAX = 1_000


def pymongo(module):
    in_flight = {}
    backends = {}

    def backend_of(event):
        key = (event.connection_id, event.database_name)
        backend = backends.get(key)
        if backend is None:
            host, port = event.connection_id
            pool = f"{host}:{port}" if port is not None else str(host)
            database = event.database_name
            properties = {"Server Pool": pool, "Database": database, "Vendor": "MONGODB"}
            backend = Backend("DB", f"{database} - MONGODB - {pool}", properties)
            if len(backends) >= _BACKENDS_MAX:
                backends.clear()
            backends[key] = backend
        return backend

    class Listener(module.CommandListener):
        def started(self, event):
            if not is_observed():
                return
            name = event.command_name
            collection = event.command.get(name)
            operation = f"{name} {collection}" if isinstance(collection, str) else name
            exit_call = begin_exit(backend_of(event), operation)
            if exit_call is not None and len(in_flight) < _IN_FLIGHT_MAX:
                in_flight[event.request_id, event.connection_id] = exit_call

        def succeeded(self, event):
            exit_call = in_flight.pop((event.request_id, event.connection_id), None)
            if exit_call is not None:
                exit_call.end()

        def failed(self, event):
            exit_call = in_flight.pop((event.request_id, event.connection_id), None)
            if exit_call is not None:
                exit_call.end(CommandFailed(str(event.failure.get("errmsg", event.command_name))))

    listener = Listener()
    module.register(listener)
    undone_by(lambda: module._LISTENERS.command_listeners.remove(listener))


class CommandFailed(Exception):
    """A command of MongoDB failed; the driver raises an exception of its own later."""
