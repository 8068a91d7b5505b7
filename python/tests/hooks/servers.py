"""Real servers for the tests, each on a free port of the loopback interface and with a directory of its own."""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

USER, PASSWORD = "shop", "secret-of-tests"


class Missing(Exception):
    """The server is not installed here; the message says what installs it."""


def find(name, package, *more):
    """The path of a server's program."""
    for candidate in (shutil.which(name), *more, f"/usr/sbin/{name}"):
        if candidate and os.path.exists(candidate):
            return candidate
    raise Missing(f"{name} is not installed: apt-get install {package}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A server that runs until it is closed."""

    def __init__(self):
        self.port = free_port()
        self.directory = tempfile.mkdtemp(prefix="tierline-server-")
        # Servers refuse to run as root; then they run as the user their package made.
        self._user = None
        self._process = None

    def close(self):
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _become(self, user):
        if os.geteuid() == 0:
            entry = pwd.getpwnam(user)
            os.chown(self.directory, entry.pw_uid, entry.pw_gid)
            self._user = user

    def _start(self, *command, **environ):
        log = open(os.path.join(self.directory, "log"), "ab")  # noqa: SIM115 (the child's)
        with log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self.directory,
                env={**os.environ, "HOME": self.directory, **environ},
            )

    def _run(self, *command):
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd=self.directory, timeout=60)

    def _wait(self, is_ready, timeout_s=60):
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return is_ready()
            except Exception as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    with open(os.path.join(self.directory, "log"), errors="replace") as log:
                        raise RuntimeError(f"{type(self).__name__} did not start: {log.read()[-2000:]}") from error
                time.sleep(0.05)

    def _accepts(self):
        socket.create_connection(("127.0.0.1", self.port), 1).close()


class PostgreSql(Server):
    """PostgreSQL with a database ``shop``."""

    def __init__(self):
        super().__init__()
        installed = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        initdb = find("initdb", "postgresql", *[f"{path}/initdb" for path in reversed(installed)])
        self._become("postgres")
        data = os.path.join(self.directory, "data")
        self._run(initdb, "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        postgres = os.path.join(os.path.dirname(initdb), "postgres")
        self._start(postgres, "-D", data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.directory, "-F")
        self._wait(self._make_database)

    def _make_database(self):
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE shop")

    @property
    def backend(self):
        return {"Host": "127.0.0.1", "Port": str(self.port), "Database": "shop", "Vendor": "POSTGRESQL"}


class MariaDb(Server):
    """MariaDB with a database ``shop``."""

    def __init__(self):
        super().__init__()
        mariadbd = find("mariadbd", "mariadb-server")
        install = find("mariadb-install-db", "mariadb-server")
        self._become("mysql")
        data = os.path.join(self.directory, "data")
        self._run(
            install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"
        )
        self._start(
            mariadbd,
            "--no-defaults",
            f"--datadir={data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.directory}/socket",
            "--innodb-flush-log-at-trx-commit=0",
            "--skip-name-resolve",
            f"--pid-file={self.directory}/pid",
        )
        self._wait(self._make_database)

    def _make_database(self):
        import pymysql

        connection = pymysql.connect(unix_socket=f"{self.directory}/socket", user="root")
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS shop")
            cursor.execute(f"CREATE USER IF NOT EXISTS {USER} IDENTIFIED BY '{PASSWORD}'")
            cursor.execute(f"GRANT ALL ON shop.* TO {USER}")

    @property
    def backend(self):
        return {"Host": "127.0.0.1", "Port": str(self.port), "Database": "shop", "Vendor": "MYSQL"}


class Redis(Server):
    """Redis."""

    def __init__(self):
        super().__init__()
        program = find("redis-server", "redis-server")
        self._start(program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
        self._wait(self._accepts)


class Memcached(Server):
    """memcached."""

    def __init__(self):
        super().__init__()
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._start(find("memcached", "memcached"), "-l", "127.0.0.1", "-p", str(self.port), *user)
        self._wait(self._accepts)


class RabbitMq(Server):
    """RabbitMQ, without a port for clustering."""

    def __init__(self):
        super().__init__()
        installed = glob.glob("/usr/lib/rabbitmq/bin/rabbitmq-server")
        program = find("rabbitmq-server", "rabbitmq-server", *installed)
        if os.geteuid() == 0:
            # Debian's wrapper changes the user itself, and then wants Debian's directories.
            program = find("rabbitmq-server", "rabbitmq-server", *installed) if not installed else installed[0]
        self._become("rabbitmq")
        self._start(
            program,
            RABBITMQ_NODENAME=f"tests{self.port}@localhost",
            RABBITMQ_NODE_IP_ADDRESS="127.0.0.1",
            RABBITMQ_NODE_PORT=str(self.port),
            RABBITMQ_DIST_PORT=str(free_port()),
            RABBITMQ_MNESIA_BASE=f"{self.directory}/mnesia",
            RABBITMQ_LOG_BASE=f"{self.directory}/logs",
            RABBITMQ_ENABLED_PLUGINS_FILE=f"{self.directory}/plugins",
            RABBITMQ_CONFIG_FILE=f"{self.directory}/none",
            ERL_EPMD_PORT=str(free_port()),
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 1:1 +sbwt none",
        )
        self._wait(self._connects, 90)

    def _connects(self):
        import pika

        pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", self.port)).close()
