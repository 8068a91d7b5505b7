"""The transaction goes along into threads, pools and greenlets, and nothing else does."""

import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

from appdynamics.agent import api as appd

own = contextvars.ContextVar("own", default="nothing")


def active():
    return appd.get_active_bt_handle(None)


def test_a_thread(agent):
    seen = []
    with appd.bt("shop") as bt:
        own.set("something")
        thread = threading.Thread(target=lambda: seen.append((active(), own.get())))
        thread.start()
        thread.join()
        assert "run" not in vars(thread)
    thread = threading.Thread(target=lambda: seen.append(active()))
    thread.start()
    thread.join()
    assert seen == [(bt, "nothing"), None]


def test_a_thread_of_a_class_of_the_programs(agent):
    class Own(threading.Thread):
        def run(self):
            self.seen = active()

    with appd.bt("shop") as bt:
        thread = Own()
        thread.start()
        thread.join()
    assert thread.seen == bt


def test_a_pool(agent):
    with ThreadPoolExecutor(1) as pool:
        with appd.bt("one") as one:
            assert pool.submit(active).result() == one
            assert list(pool.map(lambda number: active() == one, range(3))) == [True] * 3
            assert threading.Thread  # the pool's thread began within `one`, and is no part of it:
            other = threading.Thread(target=lambda: seen.append(pool.submit(active).result()))
            seen = []
            _start_outside(other)
            other.join()
            assert seen == [None]
        with appd.bt("two") as two:
            assert pool.submit(active).result() == two
        assert pool.submit(active).result() is None


def _start_outside(thread):
    contextvars.Context().run(thread.start)


def test_errors_and_answers_of_pools_are_as_without(agent):
    with ThreadPoolExecutor(1) as pool, appd.bt("shop"):
        assert pool.submit(lambda *args, **kwargs: (args, kwargs), 1, a=2).result() == ((1,), {"a": 2})
        error = pool.submit(lambda: 1 / 0).exception()
    assert isinstance(error, ZeroDivisionError)


def test_exit_calls_of_several_threads_at_once(agent):
    import sqlite3

    def work(number):
        connection = sqlite3.connect(":memory:")
        connection.execute(f"SELECT {number}").fetchall()
        connection.close()

    with appd.bt("shop"), ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))
    assert len(agent.stop().snapshot("shop").exit_calls) == 40


def test_greenlets(run, controller):
    result = run("""
        from gevent import monkey
        monkey.patch_all()
        import gevent, gevent.pool
        from appdynamics.agent import api as appd
        appd.init()

        def work(name):
            gevent.sleep(0.01)
            return appd.get_active_bt_handle(None) is not None

        with appd.bt("shop"):
            jobs = [gevent.spawn(work, name) for name in "abc"]
            gevent.joinall(jobs)
            print([job.value for job in jobs])
            print(gevent.pool.Pool(2).spawn(work, "a").get(), gevent.pool.Group().spawn(work, "a").get())
        print(gevent.spawn(work, "outside").get())
        appd.shutdown()
        """)
    assert result.stdout == "[True, True, True]\nTrue True\nFalse\n"


def test_daemon_threads_within_calls_do_not_disturb_the_end(run, controller):
    """An interpreter that ends unwinds them; frames of native code around them would end the process with a signal."""
    for _ in range(3):
        result = run("""
            import threading, time
            from wsgiref.util import setup_testing_defaults
            from appdynamics import _native
            from appdynamics.agent import api as appd
            appd.init()
            from appdynamics.agent.detection.observed import call_carried, call_exit, serve_wsgi

            def wait(*arguments):
                started.release()
                while True:
                    time.sleep(0.001)

            def serve():
                environ = {"PATH_INFO": "/waits"}
                setup_testing_defaults(environ)
                serve_wsgi(wait, None, environ, lambda status, headers: None)

            started = threading.Semaphore(0)
            backend = _native.Backend("DB", "db", {"HOST": "db"})
            with appd.bt("shop"):
                carried = _native.carry()
                for target in (serve, lambda: call_carried(carried, wait), lambda: call_exit(backend, "x", wait)):
                    threading.Thread(target=target, daemon=True).start()
                    started.acquire()
            """)
        assert (result.returncode, result.stderr) == (0, "")
