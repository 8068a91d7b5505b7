"""What "thread" means: threads, `asyncio` tasks, greenlets."""

import asyncio
import concurrent.futures
import contextvars
import threading

import pytest

from appdynamics.agent import api as appd


def test_each_task_has_its_own_transaction(agent):
    async def handler(number, barrier):
        bt = appd.start_bt(f"task {number % 3}")
        assert bt is not None
        await barrier.wait()
        assert appd.start_bt("second in the task") is None
        assert appd.get_active_bt_handle(None) == bt
        await asyncio.sleep(0.001)
        appd.end_bt(bt)

    async def main():
        barrier = asyncio.Event()
        tasks = [asyncio.create_task(handler(number, barrier)) for number in range(30)]
        await asyncio.sleep(0.05)
        barrier.set()
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert agent.stop().bts() == {"task 0": 10, "task 1": 10, "task 2": 10}


def test_a_snapshot_says_which_thread_it_was(agent):
    def work():
        appd.end_bt(appd.start_bt("checkout"))

    thread = threading.Thread(target=work, name="worker 7")
    thread.start()
    thread.join()
    appd.end_bt(appd.start_bt("in front"))
    received = agent.stop()
    assert received.snapshot("checkout").attributes["thread.name"] == "worker 7"
    assert received.snapshot("in front").attributes["thread.name"] == threading.main_thread().name


def test_a_child_task_sees_its_parents_transaction_and_may_start_its_own(agent):
    async def child():
        assert appd.get_active_bt_handle(None) == parent
        with appd.bt("child") as bt:
            assert bt is not None
            assert appd.get_active_bt_handle(None) == bt
            assert appd.start_bt("second in the child") is None

    async def main():
        global parent
        parent = appd.start_bt("parent")
        await asyncio.create_task(child())
        await asyncio.gather(child(), child())
        assert appd.get_active_bt_handle(None) == parent
        assert appd.start_bt("second in the parent") is None
        appd.end_bt(parent)

    asyncio.run(main())
    assert agent.stop().bts() == {"parent": 1, "child": 3}


def test_a_transaction_begun_before_the_loop(agent):
    async def main():
        assert appd.get_active_bt_handle(None) == outer
        with appd.bt("inside") as bt:
            assert bt is not None

    outer = appd.start_bt("outside")
    asyncio.run(main())
    appd.end_bt(outer)
    assert agent.stop().bts() == {"outside": 1, "inside": 1}


def test_async_with(agent):
    async def main():
        async with appd.bt("checkout") as bt:
            assert isinstance(bt, appd.BtHandle)
            async with appd.exit_call(bt, appd.EXIT_DB, "orders", {}) as exit_call:
                assert isinstance(exit_call, appd.ExitCallHandle)
                await asyncio.sleep(0)
        with pytest.raises(ValueError, match="no stock"):
            async with appd.bt("failing"):
                await asyncio.sleep(0)
                raise ValueError("no stock")

    asyncio.run(main())
    received = agent.stop()
    assert received.verdicts("checkout") == {"NORMAL": 1}
    assert received.verdicts("failing") == {"ERROR": 1}


def test_a_cancelled_task_is_no_error(agent):
    async def handler():
        async with appd.bt("cancelled"):
            await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(handler())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert agent.stop().verdicts("cancelled") == {"NORMAL": 1}


def test_work_in_a_pool_of_threads(agent):
    def exit_call(bt, number):
        with appd.exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"}):
            pass
        appd.add_snapshot_data(bt, f"key {number}", number)

    with appd.bt("checkout") as bt, concurrent.futures.ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(exit_call, bt, number) for number in range(100)]:
            future.result()
    assert len(agent.stop().snapshot("checkout").user_data) == 100


def test_concurrent_exit_calls_when_switched_on(controller):
    from agent_of_tests import Agent

    agent = Agent(controller)
    agent.start(TIERLINE_CONCURRENT_EXIT_CALLS="on")
    with appd.bt("checkout") as bt:
        exit_calls = [appd.start_exit_call(bt, appd.EXIT_HTTP, "shop", {"Host": "shop"}) for _ in range(10)]
        assert None not in exit_calls
        for exit_call in exit_calls:
            appd.end_exit_call(exit_call)
    assert agent.stop().exits()["shop"].count == 10


def test_a_copied_context_in_another_thread_is_another_thread(agent):
    started = []

    def work():
        started.append(appd.get_active_bt_handle(None))
        started.append(appd.start_bt("in the other thread"))

    with appd.bt("outer") as bt:
        thread = threading.Thread(target=contextvars.copy_context().run, args=(work,))
        thread.start()
        thread.join()
        assert started[0] == bt
        assert started[1] is not None
        appd.end_bt(started[1])
    assert agent.stop().bts() == {"outer": 1, "in the other thread": 1}


def test_a_copied_context_in_the_same_thread_is_the_same_thread(agent):
    with appd.bt("outer"):
        assert contextvars.copy_context().run(appd.start_bt, "inner") is None


def test_a_transaction_ended_elsewhere_frees_its_thread(agent):
    bt = appd.start_bt("first")
    thread = threading.Thread(target=appd.end_bt, args=(bt,))
    thread.start()
    thread.join()
    assert appd.start_bt("second") is not None


def test_greenlets(run, controller):
    run("""
        from gevent import monkey
        monkey.patch_all()
        import gevent, threading
        from appdynamics.agent import api as appd
        assert appd.init()
        def handler(number):
            bt = appd.start_bt(f"greenlet {number % 2}")
            assert bt is not None
            gevent.sleep(0.01)
            assert appd.get_active_bt_handle(None) == bt
            assert appd.start_bt("second") is None
            with appd.exit_call(bt, appd.EXIT_CACHE, "cache", {"Host": "redis"}) as exit_call:
                assert exit_call is not None
                gevent.sleep(0.001)
            appd.end_bt(bt)
        with appd.bt("main greenlet"):
            gevent.joinall([gevent.spawn(handler, number) for number in range(20)], raise_error=True)
            threads = [threading.Thread(target=handler, args=(number,)) for number in range(20)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
    """)
    received = controller.received()
    assert received.bts() == {"greenlet 0": 20, "greenlet 1": 20, "main greenlet": 1}
    assert received.exits()["cache"].count == 40


def test_init_and_shutdown_under_gevent_let_others_run(run, controller):
    controller.answers_opamp = False
    run("""
        from gevent import monkey
        monkey.patch_all()
        import gevent
        from appdynamics.agent import api as appd
        laps = []
        def other():
            while True:
                laps.append(1)
                gevent.sleep(0.005)
        greenlet = gevent.spawn(other)
        appd.init(timeout_ms=300)
        assert len(laps) > 5, laps
        greenlet.kill()
        appd.shutdown()
    """)
