"""Drivers of databases, each against a real server."""

import asyncio
import sqlite3
from collections import namedtuple

import pytest
from servers import PASSWORD, USER

from appdynamics.agent import api as appd

pytestmark = pytest.mark.filterwarnings("default")

# What a driver is asked, and what is shown of it.
SELECT = "SELECT 7 AS number, 'secret' AS word"
SHOWN = "SELECT ? AS number, ? AS word"
WRONG = "SELECT nothing FROM nowhere WHERE x = 'secret'"
WRONG_SHOWN = "SELECT nothing FROM nowhere WHERE x = ?"


def with_psycopg2(server):
    import psycopg2

    connection = psycopg2.connect(host="127.0.0.1", port=server.port, user=USER, dbname="shop")
    try:
        with connection.cursor() as cursor:
            assert isinstance(cursor, psycopg2.extensions.cursor)
            assert isinstance(connection, psycopg2.extensions.connection)
            cursor.execute(SELECT)
            assert cursor.fetchall() == [(7, "secret")]
            with pytest.raises(psycopg2.errors.UndefinedTable):
                cursor.execute(WRONG)
    finally:
        connection.close()


def with_psycopg(server):
    import psycopg

    with psycopg.connect(host="127.0.0.1", port=server.port, user=USER, dbname="shop") as connection:
        assert connection.execute(SELECT).fetchall() == [(7, "secret")]
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.cursor().execute(WRONG)
        connection.rollback()


def with_psycopg_async(server):
    import psycopg

    async def ask():
        where = {"host": "127.0.0.1", "port": server.port, "user": USER, "dbname": "shop"}
        async with await psycopg.AsyncConnection.connect(**where) as connection:
            cursor = await connection.execute(SELECT)
            assert await cursor.fetchall() == [(7, "secret")]
            with pytest.raises(psycopg.errors.UndefinedTable):
                await connection.execute(WRONG)
            await connection.rollback()

    asyncio.run(ask())


def with_asyncpg(server):
    import asyncpg

    async def ask():
        connection = await asyncpg.connect(host="127.0.0.1", port=server.port, user=USER, database="shop", ssl=False)
        try:
            assert [tuple(row) for row in await connection.fetch(SELECT)] == [(7, "secret")]
            with pytest.raises(asyncpg.UndefinedTableError):
                await connection.execute(WRONG)
        finally:
            await connection.close()

    asyncio.run(ask())


def with_sqlalchemy(server):
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"postgresql+psycopg2://{USER}@127.0.0.1:{server.port}/shop")
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text(SELECT)).fetchall() == [(7, "secret")]
        with pytest.raises(sqlalchemy.exc.ProgrammingError):
            connection.execute(sqlalchemy.text(WRONG))
    engine.dispose()


def with_pymysql(server):
    import pymysql

    connection = pymysql.connect(host="127.0.0.1", port=server.port, user=USER, password=PASSWORD, database="shop")
    with connection, connection.cursor() as cursor:
        cursor.execute(SELECT)
        assert cursor.fetchall() == ((7, "secret"),)
        with pytest.raises(pymysql.err.ProgrammingError):
            cursor.execute(WRONG)


def with_mysql_connector(server):
    import mysql.connector

    connection = mysql.connector.connect(
        host="127.0.0.1",
        port=server.port,
        user=USER,
        password=PASSWORD,
        database="shop",
        use_pure=True,
        ssl_disabled=True,
        collation="utf8mb4_general_ci",
    )
    try:
        cursor = connection.cursor()
        cursor.execute(SELECT)
        assert cursor.fetchall() == [(7, "secret")]
        with pytest.raises(mysql.connector.errors.ProgrammingError):
            cursor.execute(WRONG)
        cursor.close()
    finally:
        connection.close()


POSTGRESQL = {
    "psycopg2": with_psycopg2,
    "psycopg": with_psycopg,
    "psycopg-async": with_psycopg_async,
    "asyncpg": with_asyncpg,
    "sqlalchemy": with_sqlalchemy,
}
MYSQL = {"pymysql": with_pymysql, "mysql-connector": with_mysql_connector}


def check(agent, ask, server):
    ask(server)  # outside of transactions nothing is seen
    with appd.bt("shop"):
        ask(server)
    received = agent.stop()
    calls = received.snapshot("shop").exit_calls
    # Pools and drivers may ask the server on their own account.
    asked = [call for call in calls if "number" in call.operation or "nowhere" in call.operation]
    assert [call.operation for call in asked] == [SHOWN, WRONG_SHOWN]
    for call in asked:
        assert (call.exit_type, call.identifying) == ("DB", server.backend)
        assert call.name == f"shop - {server.backend['Vendor']} - 127.0.0.1:{server.port}"
    assert not asked[0].errors
    assert asked[1].errors
    assert "secret" not in str([call.operation for call in calls])
    assert received.verdicts("shop") == {"ERROR": 1}


@pytest.mark.parametrize("driver", POSTGRESQL)
def test_a_driver_of_postgresql(agent, postgresql, driver):
    check(agent, POSTGRESQL[driver], postgresql)


@pytest.mark.parametrize("driver", MYSQL)
def test_a_driver_of_mysql(agent, mariadb, driver):
    check(agent, MYSQL[driver], mariadb)


def test_raw_sql_when_it_is_switched_on(controller, postgresql):
    from agent_of_tests import Agent

    agent = Agent(controller)
    agent.start(TIERLINE_RAW_SQL="on")
    try:
        with appd.bt("shop"):
            with_psycopg(postgresql)
    finally:
        received = agent.stop()
    assert SELECT in [call.operation for call in received.snapshot("shop").exit_calls]


def test_cursor_classes_and_rows_of_psycopg2_are_as_without(agent, postgresql):
    import psycopg2
    import psycopg2.extras

    where = {"host": "127.0.0.1", "port": postgresql.port, "user": USER, "dbname": "shop"}

    class Own(psycopg2.extras.NamedTupleConnection):
        pass

    class OwnCursor(psycopg2.extras.DictCursor):
        pass

    with appd.bt("shop"):
        named = psycopg2.connect(**where, cursor_factory=psycopg2.extras.NamedTupleCursor)
        with named, named.cursor() as cursor:
            assert isinstance(cursor, psycopg2.extras.NamedTupleCursor)
            cursor.execute(SELECT)
            [row] = cursor.fetchall()
            assert (type(row).__name__, row.number, row.word) == ("Record", 7, "secret")
        with named.cursor("on the server", cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute("SELECT generate_series(1, 3) AS n")
            assert [dict(row) for row in cursor] == [{"n": 1}, {"n": 2}, {"n": 3}]
        named.close()
        own = psycopg2.connect(**where, connection_factory=Own)
        assert isinstance(own, Own)
        with own, own.cursor() as cursor:
            cursor.execute(SELECT)
            assert cursor.fetchone().word == "secret"
        with own, own.cursor(cursor_factory=OwnCursor) as cursor:
            assert isinstance(cursor, OwnCursor)
            cursor.executemany("SELECT %s", [(1,), (2,)])
            cursor.execute(
                psycopg2.sql.SQL("SELECT {} AS {}").format(
                    psycopg2.sql.Literal("secret"), psycopg2.sql.Identifier("word")
                )
                if hasattr(psycopg2, "sql")
                else SELECT
            )
            assert cursor.fetchone()["word"] == "secret"
        own.close()
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.operation for call in calls[:4]] == [SHOWN, "SELECT generate_series(?, ?) AS n", SHOWN, "SELECT %s"]
    assert "secret" not in str([call.operation for call in calls])


def test_sqlite3(agent, tmp_path):
    path = str(tmp_path / "shop.db")
    Row = namedtuple("Row", "number word")

    class Own(sqlite3.Connection):
        pass

    class OwnCursor(sqlite3.Cursor):
        def execute(self, statement, parameters=()):
            return super().execute(statement, parameters)

    with appd.bt("shop"):
        connection = sqlite3.connect(path, factory=Own)
        assert isinstance(connection, Own)
        connection.executescript("CREATE TABLE t (number, word); INSERT INTO t VALUES (7, 'secret')")
        connection.row_factory = lambda cursor, row: Row(*row)
        assert connection.execute("SELECT number, word FROM t WHERE word = 'secret'").fetchall() == [Row(7, "secret")]
        cursor = connection.cursor(OwnCursor)
        assert isinstance(cursor, OwnCursor)
        cursor.executemany("INSERT INTO t VALUES (?, ?)", [(8, "a"), (9, "b")])
        with pytest.raises(sqlite3.OperationalError):
            cursor.execute(WRONG)
        connection.close()
    received = agent.stop()
    calls = received.snapshot("shop").exit_calls
    assert [call.operation for call in calls] == [
        "CREATE TABLE t (number, word); INSERT INTO t VALUES (?, ?)",
        "SELECT number, word FROM t WHERE word = ?",
        "INSERT INTO t VALUES (?, ?)",
        WRONG_SHOWN,
    ]
    assert {call.name for call in calls} == {"shop.db - SQLITE"}
    assert calls[0].identifying == {"Database": path, "Vendor": "SQLITE"}


def test_statements_by_name(agent, postgresql, mariadb):
    import psycopg
    import psycopg2
    import pymysql

    where = {"host": "127.0.0.1", "user": USER}
    with (
        appd.bt("shop"),
        psycopg2.connect(**where, port=postgresql.port, dbname="shop") as first,
        psycopg.connect(**where, port=postgresql.port, dbname="shop") as second,
        pymysql.connect(**where, port=mariadb.port, password=PASSWORD, database="shop") as third,
    ):
        cursors = [first.cursor(), second.cursor(), third.cursor()]
        cursors[0].execute(query="SELECT %s", vars=(1,))
        cursors[1].execute(query="SELECT %s::int", params=(1,))
        cursors[2].execute(query="SELECT %s", args=(1,))
        assert [list(cursor.fetchall()) for cursor in cursors] == [[(1,)]] * 3
    calls = agent.stop().snapshot("shop").exit_calls
    asked = [call.operation for call in calls if call.operation.startswith("SELECT %s")]
    assert asked == ["SELECT %s", "SELECT %s::int", "SELECT %s"]


def test_executemany_of_pymysql_is_one_call(agent, mariadb):
    import pymysql

    where = {"host": "127.0.0.1", "port": mariadb.port, "user": USER, "password": PASSWORD, "database": "shop"}
    with appd.bt("shop"):
        with pymysql.connect(**where) as connection, connection.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute("CREATE TEMPORARY TABLE t (a INT)")
            cursor.executemany("UPDATE t SET a = %s", [(1,), (2,), (3,)])
            cursor.execute("SELECT 1 AS one")
            assert cursor.fetchall() == [{"one": 1}]
    calls = agent.stop().snapshot("shop").exit_calls
    assert [call.operation for call in calls] == [
        "CREATE TEMPORARY TABLE t (a INT)",
        "UPDATE t SET a = %s",
        "SELECT ? AS one",
    ]
