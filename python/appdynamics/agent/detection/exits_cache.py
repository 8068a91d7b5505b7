"""Commands that caches are sent become exit calls. Keys and values stay out of them."""

from appdynamics._native import Backend, begin_exit, is_observed
from appdynamics.agent.detection.observed import call_exit
from appdynamics.agent.detection.replaced import replace, replace_if_there

# Where a client or pool keeps the backend it leads to.
_BACKEND = "_appdynamics_backend"


def _cache(pool):
    """The backend of a server pool: ``host:port`` in lines, as the documented table has it."""
    return Backend("CACHE", pool.replace("\n", ", "), {"Server Pool": pool})


def _kept_on(holder, make):
    try:
        return holder._appdynamics_backend
    except AttributeError:
        pass
    try:
        backend = make(holder)
    except Exception:
        backend = _cache("unknown")
    setattr(holder, _BACKEND, backend)
    return backend


def _redis_pool(pool):
    known = pool.connection_kwargs
    if "path" in known:
        return _cache(known["path"])
    if "host" not in known and hasattr(pool, "service_name"):
        return _cache(f"sentinel:{pool.service_name}")
    return _cache(f"{known.get('host', 'localhost')}:{known.get('port', 6379)}")


def _redis_backend(client):
    return _kept_on(client.connection_pool, _redis_pool)


def _command(args):
    name = args[0] if args else ""
    return name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)


def _pipeline(client):
    stack = getattr(client, "command_stack", None) or ()
    names = []
    for command in list(stack)[:50]:
        args = command[0] if isinstance(command, tuple) else getattr(command, "args", ())
        names.append(_command(args))
    return "PIPELINE " + " ".join(names)


def redis(module):
    def in_front_of_command(original):
        def execute_command(self, *args, **options):
            exit_call = begin_exit(_kept_on(self.connection_pool, _redis_pool), args[0] if args else "")
            if exit_call is None:
                return original(self, *args, **options)
            try:
                result = original(self, *args, **options)
            except BaseException as error:
                exit_call.end(error)
                raise
            exit_call.end()
            return result

        return execute_command

    def in_front_of_pipeline(original):
        def execute(self, *args, **kwargs):
            if not is_observed():
                return original(self, *args, **kwargs)
            return call_exit(_redis_backend(self), _pipeline(self), original, self, *args, **kwargs)

        return execute

    replace(module.Redis, "execute_command", in_front_of_command)
    replace(module.Pipeline, "execute", in_front_of_pipeline)


async def _call_exit(backend, operation, function, *args, **kwargs):
    exit_call = begin_exit(backend, operation)
    if exit_call is None:
        return await function(*args, **kwargs)
    try:
        result = await function(*args, **kwargs)
    except BaseException as error:
        exit_call.end(error)
        raise
    exit_call.end()
    return result


def redis_asyncio(module):
    def in_front_of_command(original):
        async def execute_command(self, *args, **options):
            if not is_observed():
                return await original(self, *args, **options)
            return await _call_exit(_redis_backend(self), _command(args), original, self, *args, **options)

        return execute_command

    def in_front_of_pipeline(original):
        async def execute(self, *args, **kwargs):
            if not is_observed():
                return await original(self, *args, **kwargs)
            return await _call_exit(_redis_backend(self), _pipeline(self), original, self, *args, **kwargs)

        return execute

    replace(module.Redis, "execute_command", in_front_of_command)
    replace(module.Pipeline, "execute", in_front_of_pipeline)


def pymemcache(module):
    def pool(client):
        server = client.server
        return _cache(f"{server[0]}:{server[1]}" if isinstance(server, (tuple, list)) else str(server))

    def in_front_of_named(original):
        # `_fetch_cmd(name, keys, …)`, `_store_cmd(name, values, …)`
        def command(self, name, *args, **kwargs):
            return call_exit(_kept_on(self, pool), name, original, self, name, *args, **kwargs)

        return command

    def in_front_of_others(original):
        # `_misc_cmd(cmds, cmd_name, …)`
        def command(self, cmds, cmd_name, *args, **kwargs):
            return call_exit(_kept_on(self, pool), cmd_name, original, self, cmds, cmd_name, *args, **kwargs)

        return command

    replace(module.Client, "_fetch_cmd", in_front_of_named)
    replace(module.Client, "_store_cmd", in_front_of_named)
    replace(module.Client, "_misc_cmd", in_front_of_others)


def memcache(module):
    def pool(client):
        servers = []
        for server in client.servers:
            # Sockets of the machine have a path only.
            address = getattr(server, "address", None)
            servers.append(f"{address[0]}:{address[1]}" if isinstance(address, tuple) else str(address))
        return _cache("\n".join(servers))

    def in_front_as(operation):
        def make(original):
            def method(self, *args, **kwargs):
                if not is_observed():
                    return original(self, *args, **kwargs)
                name = operation(args)
                return call_exit(_kept_on(self, pool), name, original, self, *args, **kwargs)

            return method

        return make

    for name, operation in (
        ("_get", _command),
        ("_set", _command),
        ("_incrdecr", _command),
        ("delete", lambda args: "delete"),
        ("touch", lambda args: "touch"),
        ("get_multi", lambda args: "get_multi"),
        ("set_multi", lambda args: "set_multi"),
    ):
        replace_if_there(module.Client, name, in_front_as(operation))
