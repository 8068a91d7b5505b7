"""Every hook, as data. ``docs/reference/python-detection.md`` is made from this."""

from collections import namedtuple

# What is done to one module. (Not a `typing.NamedTuple`: importing that costs a program as much as all of this.)
#
# library   what people call it; the name by which the setting `without` leaves it out
# kind      `entry`, `exit`, `context` or `error`
# module    what is patched, when the program imports it
# by        the module here that does it
# function  the function there
# patches   what it stands in front of
# detects   what comes of it
# tested    the versions it was tested with
Hook = namedtuple("Hook", "library kind module by function patches detects tested")


# One line or two per hook, so that the table reads as one.
# fmt: off
HOOKS = [
    # Requests come in.
    Hook("Flask", "entry", "flask.app", "entries_wsgi", "flask",
         "Flask.__call__, Flask.handle_exception", "requests; unhandled exceptions", "3.1.3"),
    Hook("Django", "entry", "django.core.handlers.wsgi", "entries_wsgi", "django",
         "WSGIHandler.__call__", "requests through WSGI", "5.2.19"),
    Hook("Django ASGI", "entry", "django.core.handlers.asgi", "entries_asgi", "django",
         "ASGIHandler.__call__", "requests through ASGI", "5.2.19"),
    Hook("Django", "entry", "django.core.handlers.base", "entries_wsgi", "django_routes",
         "BaseHandler.resolve_request", "routes, in snapshots", "5.2.19"),
    Hook("Django", "error", "django.core.handlers.exception", "entries_wsgi", "django_errors",
         "handle_uncaught_exception", "unhandled exceptions", "5.2.19"),
    Hook("Pyramid", "entry", "pyramid.router", "entries_wsgi", "pyramid", "Router.__call__", "requests", "2.1"),
    Hook("Bottle", "entry", "bottle", "entries_wsgi", "bottle",
         "Bottle.__call__, Bottle._handle", "requests; unhandled exceptions", "0.13.4"),
    Hook("Falcon", "entry", "falcon.app", "entries_wsgi", "falcon",
         "App.__call__, App._python_error_handler", "requests; unhandled exceptions", "4.4.0"),
    Hook("Falcon ASGI", "entry", "falcon.asgi.app", "entries_asgi", "falcon",
         "App.__call__, App._python_error_handler", "requests; unhandled exceptions", "4.4.0"),
    Hook("CherryPy", "entry", "cherrypy._cptree", "entries_wsgi", "cherrypy",
         "Application.__call__", "requests", "18.10.0"),
    Hook("CherryPy", "error", "cherrypy._cprequest", "entries_wsgi", "cherrypy_errors",
         "Request.handle_error", "unhandled exceptions", "18.10.0"),
    Hook("wsgiref", "entry", "wsgiref.handlers", "entries_wsgi", "wsgiref",
         "BaseHandler.run", "requests of any WSGI application", "Python 3.11"),
    Hook("Werkzeug", "entry", "werkzeug.serving", "entries_wsgi", "werkzeug",
         "BaseWSGIServer.__init__", "requests of any WSGI application", "3.1.9"),
    Hook("gunicorn", "entry", "gunicorn.workers.base", "entries_wsgi", "gunicorn",
         "Worker.load_wsgi", "requests of any WSGI application", "27.0.1"),
    Hook("waitress", "entry", "waitress.server", "entries_wsgi", "waitress",
         "BaseWSGIServer.__init__", "requests of any WSGI application", "3.0.2"),
    Hook("gevent", "entry", "gevent.pywsgi", "entries_wsgi", "gevent",
         "WSGIServer.__init__", "requests of any WSGI application", "26.9.0"),
    Hook("Starlette", "entry", "starlette.applications", "entries_asgi", "starlette",
         "Starlette.__call__", "requests, FastAPI's too; unhandled exceptions", "1.10.0"),
    Hook("Quart", "entry", "quart.app", "entries_asgi", "quart",
         "Quart.__call__, Quart.handle_exception", "requests; unhandled exceptions", "0.22.0"),
    Hook("uvicorn", "entry", "uvicorn.config", "entries_asgi", "uvicorn",
         "Config.load", "requests of any ASGI application", "0.54.0"),
    Hook("Tornado", "entry", "tornado.web", "entries_tornado", "tornado",
         "RequestHandler._execute, RequestHandler.log_exception", "requests; unhandled exceptions", "6.6.1"),
    Hook("aiohttp server", "entry", "aiohttp.web_app", "entries_aiohttp", "aiohttp",
         "Application._handle", "requests; unhandled exceptions", "3.14.5"),
    # Tasks and messages come in.
    Hook("Celery", "entry", "celery.app.trace", "tasks", "celery_worker",
         "the signals task_prerun, task_failure and task_postrun", "tasks", "5.7.0"),
    Hook("RQ", "entry", "rq.job", "tasks", "rq_worker", "Job.perform", "jobs", "2.12.0"),
    Hook("pika", "entry", "pika.adapters.blocking_connection", "queues", "pika_blocking",
         "BlockingChannel.basic_consume", "messages given to a callback", "1.4.4"),
    Hook("pika", "exit", "pika.channel", "queues", "pika",
         "Channel.basic_publish, Channel.basic_consume", "RABBITMQ; messages given to a callback", "1.4.4"),
    Hook("kafka-python", "entry", "kafka.consumer.group", "queues", "kafka_consumer",
         "KafkaConsumer.__next__, KafkaConsumer.close", "messages, from one to the next", "not tested"),
    Hook("confluent-kafka", "entry", "confluent_kafka", "queues", "confluent",
         "Producer, Consumer", "QUEUE; messages, from one poll to the next", "2.16.1"),
    # Calls go out.
    Hook("http.client", "exit", "http.client", "exits_http", "http_client",
         "HTTPConnection.endheaders, HTTPConnection.getresponse", "HTTP: requests, urllib3, urllib, botocore",
         "Python 3.11; requests 2.34.2, urllib3 2.8.0"),
    Hook("urllib3", "exit", "urllib3.connection", "exits_http", "urllib3",
         "HTTPSConnection.connect", "HTTP: connections that fail", "2.8.0"),
    Hook("httpx", "exit", "httpx", "exits_http", "httpx",
         "HTTPTransport.handle_request, AsyncHTTPTransport.handle_async_request", "HTTP", "0.28.1"),
    Hook("httpx2", "exit", "httpx2", "exits_http", "httpx",
         "HTTPTransport.handle_request, AsyncHTTPTransport.handle_async_request", "HTTP", "2.16.2"),
    Hook("aiohttp client", "exit", "aiohttp.client", "exits_http", "aiohttp",
         "ClientSession._request", "HTTP", "3.14.5"),
    Hook("Tornado client", "exit", "tornado.httpclient", "exits_http", "tornado",
         "AsyncHTTPClient.fetch", "HTTP", "6.6.1"),
    Hook("sqlite3", "exit", "sqlite3", "exits_database", "sqlite3",
         "connect (subclasses of the connection and cursor)", "DB", "Python 3.11"),
    Hook("psycopg2", "exit", "psycopg2", "exits_database", "psycopg2",
         "connect (subclasses of the connection and cursor)", "DB", "2.9.13, also under SQLAlchemy 2.1.9"),
    Hook("psycopg", "exit", "psycopg", "exits_database", "psycopg",
         "Cursor, AsyncCursor, ServerCursor, AsyncServerCursor: execute, executemany", "DB", "3.3.9"),
    Hook("PyMySQL", "exit", "pymysql.cursors", "exits_database", "pymysql",
         "Cursor: execute, executemany", "DB", "1.2.4"),
    Hook("mysqlclient", "exit", "MySQLdb.cursors", "exits_database", "mysqlclient",
         "BaseCursor: execute, executemany", "DB", "not tested"),
    Hook("mysqlclient", "exit", "MySQLdb.connections", "exits_database", "mysqlclient_connection",
         "Connection.__init__", "where it goes", "not tested"),
    Hook("mysql-connector", "exit", "mysql.connector.cursor", "exits_database", "mysql_connector",
         "MySQLCursor: execute, executemany", "DB", "26.10.0"),
    Hook("mysql-connector", "exit", "mysql.connector.cursor_cext", "exits_database", "mysql_connector_c",
         "CMySQLCursor: execute, executemany", "DB", "not tested"),
    Hook("asyncpg", "exit", "asyncpg.connection", "exits_database", "asyncpg",
         "Connection: execute, executemany, fetch, fetchval, fetchrow", "DB", "0.32.0"),
    Hook("redis", "exit", "redis.client", "exits_cache", "redis",
         "Redis.execute_command, Pipeline.execute", "CACHE", "8.1.0"),
    Hook("redis asyncio", "exit", "redis.asyncio.client", "exits_cache", "redis_asyncio",
         "Redis.execute_command, Pipeline.execute", "CACHE", "8.1.0"),
    Hook("pymemcache", "exit", "pymemcache.client.base", "exits_cache", "pymemcache",
         "Client: _fetch_cmd, _store_cmd, _misc_cmd", "CACHE", "4.0.0"),
    Hook("python-memcached", "exit", "memcache", "exits_cache", "memcache",
         "Client: _get, _set, get_multi, set_multi, delete, touch, _incrdecr", "CACHE", "1.62"),
    Hook("pymongo", "exit", "pymongo.monitoring", "exits_mongo", "pymongo",
         "register (a CommandListener)", "DB", "4.20.0, without a server of MongoDB"),
    Hook("Celery", "exit", "celery.app.base", "tasks", "celery", "Celery.send_task", "QUEUE", "5.7.0"),
    Hook("RQ", "exit", "rq.queue", "tasks", "rq", "Queue.enqueue_job", "QUEUE", "2.12.0"),
    Hook("kafka-python", "exit", "kafka.producer.kafka", "queues", "kafka",
         "KafkaProducer.send", "QUEUE", "not tested"),
    Hook("boto3 SQS", "exit", "botocore.client", "queues", "sqs",
         "BaseClient._make_api_call", "QUEUE", "1.44.5, without Amazon's service"),
    # Transactions go along.
    Hook("threading", "context", "threading", "threads", "threading", "Thread.start",
         "the transaction goes along into the thread", "Python 3.11"),
    Hook("concurrent.futures", "context", "concurrent.futures.thread", "threads", "executors",
         "ThreadPoolExecutor.submit", "the transaction goes along into the pool", "Python 3.11"),
    Hook("gevent", "context", "gevent", "threads", "gevent", "gevent.spawn",
         "the transaction goes along into the greenlet", "26.9.0"),
    Hook("gevent", "context", "gevent.pool", "threads", "gevent_pools", "Group.spawn, Pool.spawn",
         "the transaction goes along into the greenlet", "26.9.0"),
]
# fmt: on
