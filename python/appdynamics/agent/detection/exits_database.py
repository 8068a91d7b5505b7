"""Statements that databases are sent become exit calls, without their literals.

Drivers written in Python have their methods replaced. Of those written in C the connections and cursors are subclasses
of what the program asked for (PEP 249 leaves room for that): rows keep their types, and what was an instance still
is one."""

import contextlib
import weakref

from appdynamics._native import Backend, begin_exit, is_observed
from appdynamics.agent.detection.observed import call_exit
from appdynamics.agent.detection.replaced import replace, replace_if_there

# Where a connection keeps the backend it leads to.
_BACKEND = "_appdynamics_backend"


def database_backend(vendor, host, port, database):
    """The backend of a database, with the properties of the documented table."""
    properties = {"Host": host, "Port": port, "Database": database, "Vendor": vendor}
    place = f"{host}:{port}" if port else host
    label = f"{database} - {vendor} - {place}" if database and place else f"{database or place} - {vendor}"
    return Backend("DB", label, properties, vendor)


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _statement(args, kwargs):
    """What a method is sent first, by position or by whatever name its driver has for it."""
    return args[0] if args else next(iter(kwargs.values()), "")


def _in_front(backend_of):
    """In front of a method that is sent a statement: ``method(self, statement, …)``."""

    def make(original):
        def method(self, *args, **kwargs):
            exit_call = begin_exit(backend_of(self), _statement(args, kwargs))
            if exit_call is None:
                return original(self, *args, **kwargs)
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return method

    return make


def _in_front_async(backend_of):
    def make(original):
        async def method(self, *args, **kwargs):
            exit_call = begin_exit(backend_of(self), _statement(args, kwargs)) if is_observed() else None
            if exit_call is None:
                return await original(self, *args, **kwargs)
            try:
                result = await original(self, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return method

    return make


def _kept_on(connection, make):
    """What ``make`` makes of a connection, once."""
    try:
        return connection._appdynamics_backend
    except AttributeError:
        pass
    try:
        backend = make(connection)
    except Exception:
        backend = database_backend("UNKNOWN", "", None, None)
    with contextlib.suppress(AttributeError):
        setattr(connection, _BACKEND, backend)
    return backend


# --- Drivers written in C ---


class _Observed:
    """Subclasses of what is observed, one per class."""

    def __init__(self, make):
        self._made = weakref.WeakKeyDictionary()
        self._make = make

    def of(self, base):
        """The subclass that stands for a class; what is no class, or observed already, stays."""
        if not isinstance(base, type) or getattr(base, "_appdynamics_observed", False):
            return base
        made = self._made.get(base)
        if made is None:
            made = self._make(base)
            made.__name__, made.__qualname__, made.__module__ = base.__name__, base.__qualname__, base.__module__
            made.__doc__ = base.__doc__
            self._made[base] = made
        return made


def _observed_cursor(base):
    class Cursor(base):
        _appdynamics_observed = True

    for name, make in (
        ("execute", _executing),
        ("executemany", _executing),
        ("executescript", _executing),
        ("callproc", _calling),
    ):
        if hasattr(base, name):
            method = make(getattr(base, name))
            method.__name__, method.__qualname__ = name, f"{base.__qualname__}.{name}"
            setattr(Cursor, name, method)
    return Cursor


def _executing(original):
    # As `_in_front`, with less around it: what these are sent may take no longer than this.
    def method(self, *args, **kwargs):
        exit_call = begin_exit(self.connection._appdynamics_backend, args[0] if args else _statement(args, kwargs))
        if exit_call is None:
            return original(self, *args, **kwargs)
        try:
            result = original(self, *args, **kwargs)
        except BaseException as error:
            exit_call.end(error)
            raise
        exit_call.end()
        return result

    return method


def _calling(original):
    def callproc(self, name, *args, **kwargs):
        return call_exit(self.connection._appdynamics_backend, f"CALL {name}", original, self, name, *args, **kwargs)

    return callproc


_cursors = _Observed(_observed_cursor)


def _sqlite_connection(base):
    from sqlite3 import Cursor

    class Connection(base):
        _appdynamics_observed = True
        _appdynamics_backend = None

        def cursor(self, factory=Cursor):
            return super().cursor(_cursors.of(factory))

        # The shortcuts make a cursor past the method above.
        def execute(self, *args):
            return self.cursor().execute(*args)

        def executemany(self, *args):
            return self.cursor().executemany(*args)

        def executescript(self, *args):
            return self.cursor().executescript(*args)

    return Connection


_sqlite_connections = _Observed(_sqlite_connection)


def sqlite3(module):
    import os

    def in_front(original):
        def connect(database, *args, **kwargs):
            # By position: timeout, detect_types, isolation_level, check_same_thread, factory.
            if len(args) > 4:
                args = (*args[:4], _sqlite_connections.of(args[4]), *args[5:])
            else:
                kwargs["factory"] = _sqlite_connections.of(kwargs.get("factory", module.Connection))
            connection = original(database, *args, **kwargs)
            if getattr(connection, "_appdynamics_observed", False):
                name = _text(database if isinstance(database, (str, bytes)) else os.fspath(database))
                backend = Backend(
                    "DB", f"{os.path.basename(name)} - SQLITE", {"Database": name, "Vendor": "SQLITE"}, "SQLITE"
                )
                setattr(connection, _BACKEND, backend)
            return connection

        return connect

    replace(module, "connect", in_front)
    # `from sqlite3 import dbapi2`, as SQLAlchemy and Django do.
    replace(module.dbapi2, "connect", in_front)


def _postgresql_connection(base):
    class Connection(base):
        _appdynamics_observed = True
        _appdynamics_backend = None

        def cursor(self, *args, **kwargs):
            cursor = super().cursor(*args, **kwargs)
            kind = type(cursor)
            observed = _cursors.of(kind)
            if observed is kind:
                return cursor
            # Only a cursor that was made tells which class it is to be: classes of connections have their own ideas.
            if len(args) > 1:
                return super().cursor(args[0], observed, *args[2:], **kwargs)
            return super().cursor(*args, **{**kwargs, "cursor_factory": observed})

    return Connection


_postgresql_connections = _Observed(_postgresql_connection)


def psycopg2(module):
    plain = module.extensions.connection

    def in_front(original):
        def connect(dsn=None, connection_factory=None, cursor_factory=None, **kwargs):
            wanted = plain if connection_factory is None else connection_factory
            connection = original(dsn, _postgresql_connections.of(wanted), cursor_factory, **kwargs)
            if getattr(connection, "_appdynamics_observed", False):
                setattr(connection, _BACKEND, _postgresql_backend(connection.get_dsn_parameters()))
                if wanted is plain and connection.cursor_factory is None:
                    # So that a cursor is not made twice.
                    connection.cursor_factory = _cursors.of(module.extensions.cursor)
            return connection

        return connect

    replace(module, "connect", in_front)


def _postgresql_backend(parameters):
    host = parameters.get("host") or parameters.get("hostaddr") or "localhost"
    return database_backend("POSTGRESQL", host, parameters.get("port"), parameters.get("dbname"))


# --- Drivers written in Python ---


def psycopg(module):
    def backend_of(cursor):
        return _kept_on(
            cursor.connection,
            lambda connection: _postgresql_backend(
                connection.info.get_parameters()
                | {"host": connection.info.host, "port": connection.info.port, "dbname": connection.info.dbname}
            ),
        )

    for kind in (module.Cursor, module.ServerCursor):
        _replace_own(kind, _in_front(backend_of))
    for kind in (module.AsyncCursor, module.AsyncServerCursor):
        _replace_own(kind, _in_front_async(backend_of))


def _replace_own(kind, make):
    """In a class that inherits a method it is replaced where it comes from, and only there."""
    for name in ("execute", "executemany"):
        if name in vars(kind):
            replace(kind, name, make)


def _mysql_backend(connection):
    host, port = getattr(connection, "host", None), getattr(connection, "port", None)
    database = getattr(connection, "db", None)
    return database_backend("MYSQL", _text(host) or "localhost", port or 3306, _text(database))


class _Busy:
    """Where ``executemany`` of a driver calls ``execute``, there is one exit call."""

    def __init__(self, backend_of):
        self._backend_of = backend_of

    def put_in(self, kind):
        for name in ("execute", "executemany"):
            if name in vars(kind):
                replace(kind, name, self._make)

    def _make(self, original):
        backend_of = self._backend_of

        def method(self, *args, **kwargs):
            exit_call = None
            if "_appdynamics_busy" not in vars(self):
                exit_call = begin_exit(backend_of(self), _statement(args, kwargs))
            if exit_call is None:
                return original(self, *args, **kwargs)
            self._appdynamics_busy = True
            try:
                result = original(self, *args, **kwargs)
            except BaseException as error:
                exit_call.end(error)
                raise
            finally:
                del self._appdynamics_busy
            exit_call.end()
            return result

        return method


def pymysql(module):
    _Busy(lambda cursor: _kept_on(cursor.connection, _mysql_backend)).put_in(module.Cursor)


def mysqlclient(module):
    def backend_of(cursor):
        return _kept_on(cursor.connection, lambda _: database_backend("MYSQL", "localhost", 3306, None))

    _Busy(backend_of).put_in(module.BaseCursor)


def mysqlclient_connection(module):
    def in_front(original):
        def __init__(self, *args, **kwargs):
            original(self, *args, **kwargs)
            named = dict(zip(("host", "user", "password", "database", "port"), args, strict=False)) | kwargs
            database = named.get("database") or named.get("db")
            backend = database_backend("MYSQL", named.get("host") or "localhost", named.get("port") or 3306, database)
            setattr(self, _BACKEND, backend)

        return __init__

    replace(module.Connection, "__init__", in_front)


def _connector_backend(connection):
    return database_backend("MYSQL", connection.server_host, connection.server_port, connection.database)


def _mysql_connector(*kinds):
    def backend_of(cursor):
        # Cursors hold a weak proxy of their connection.
        connection = getattr(cursor, "_connection", None) or getattr(cursor, "_cnx", None)
        return _kept_on(connection, _connector_backend)

    busy = _Busy(backend_of)
    for kind in kinds:
        busy.put_in(kind)


def mysql_connector(module):
    _mysql_connector(module.MySQLCursor, module.MySQLCursorPrepared)


def mysql_connector_c(module):
    _mysql_connector(module.CMySQLCursor, module.CMySQLCursorPrepared)


def asyncpg(module):
    def make_backend(connection):
        address = connection._addr
        host, port = address if isinstance(address, tuple) else (address, None)
        return database_backend("POSTGRESQL", host, port, connection._params.database)

    make = _in_front_async(lambda connection: _asyncpg_backend(connection, make_backend))
    for name in ("execute", "executemany", "fetch", "fetchval", "fetchrow"):
        replace(module.Connection, name, make)
    replace_if_there(module.Connection, "fetchmany", make)


# Connections of asyncpg have slots.
_asyncpg_backends = weakref.WeakKeyDictionary()


def _asyncpg_backend(connection, make):
    backend = _asyncpg_backends.get(connection)
    if backend is None:
        backend = _asyncpg_backends[connection] = make(connection)
    return backend
