"""`os.fork`, `multiprocessing` and `concurrent.futures`: every unit is counted, and nothing hangs."""

import sys

import pytest

PRELUDE = """
import os, signal, sys, time
from appdynamics.agent import api as appd
assert appd.init()
def work(name, times=10):
    for _ in range(times):
        with appd.bt(name) as bt:
            assert bt is not None
            with appd.exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"}) as exit_call:
                assert exit_call is not None
def status_of(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
"""

ENDINGS = {
    "os._exit": "os._exit(0)",
    "sys.exit": "sys.exit(0)",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM); time.sleep(10)",
    "exception": "os.dup2(os.open(os.devnull, os.O_WRONLY), 2); raise ValueError",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.parametrize("used", [True, False], ids=["used before", "not used before"])
def test_a_forked_child(run, controller, lap, ending, used):
    run(
        PRELUDE
        + f"""
if {used}:
    work("parent")
pid = os.fork()
if pid == 0:
    work("child")
    {ending}
assert status_of(pid) in (0, 1, -signal.SIGTERM)
work("parent")
"""
    )
    received = controller.received()
    assert received.bts() == {"parent": 20 if used else 10, "child": 10}
    assert received.exits()["orders"].count == sum(received.bts().values())
    assert len(received.resources) == 2


def test_a_child_that_does_nothing(run, controller, lap):
    run(
        PRELUDE
        + """
work("parent")
for ending in (lambda: os._exit(0), lambda: sys.exit(0), lambda: os.kill(os.getpid(), signal.SIGTERM)):
    pid = os.fork()
    if pid == 0:
        ending()
        time.sleep(10)
    assert status_of(pid) in (0, -signal.SIGTERM)
work("parent")
"""
    )
    received = controller.received()
    assert received.bts() == {"parent": 20}
    assert len(received.resources) == 1


def test_handles_that_a_child_inherits_belong_to_the_parent(run, controller, lap):
    run(
        PRELUDE
        + """
bt = appd.start_bt("of the parent")
exit_call = appd.start_exit_call(bt, appd.EXIT_DB, "orders", {"Host": "db"})
pid = os.fork()
if pid == 0:
    assert appd.get_active_bt_handle(None) is None
    appd.add_snapshot_data(bt, "from", "the child")
    assert appd.make_correlation_header(bt, exit_call) is None
    assert appd.start_exit_call(bt, appd.EXIT_DB, "orders", {}) is None
    appd.end_exit_call(exit_call)
    appd.end_bt(bt)
    del bt, exit_call
    work("child")
    sys.exit(0)
assert status_of(pid) == 0
appd.add_snapshot_data(bt, "from", "the parent")
appd.end_exit_call(exit_call)
appd.end_bt(bt)
"""
    )
    received = controller.received()
    assert received.bts() == {"of the parent": 1, "child": 10}
    assert received.snapshot("of the parent").user_data == {"from": "the parent"}


def test_forks_while_other_threads_work(run, controller, lap):
    run(
        PRELUDE
        + """
import threading, warnings
warnings.simplefilter("ignore")  # 3.12 and later warn of a fork in a program with threads
stop = threading.Event()
counts = []
def keep_working():
    count = 0
    while not stop.is_set():
        work("thread", 1)
        count += 1
    counts.append(count)
threads = [threading.Thread(target=keep_working) for _ in range(3)]
for thread in threads: thread.start()
children = []
for _ in range(8):
    pid = os.fork()
    if pid == 0:
        work("child")
        os._exit(0)
    children.append(pid)
    time.sleep(0.005)
assert [status_of(pid) for pid in children] == [0] * 8
stop.set()
for thread in threads: thread.join()
work("total", sum(counts))
""",
        timeout_s=90,
    )
    bts = controller.received().bts()
    assert bts["child"] == 80
    assert bts["thread"] == bts["total"]


def test_children_of_children(run, controller, lap):
    run(
        PRELUDE
        + """
def descend(depth):
    work(f"depth {depth}")
    if depth < 3:
        pid = os.fork()
        if pid == 0:
            descend(depth + 1)
            sys.exit(0)
        assert status_of(pid) == 0
descend(0)
"""
    )
    assert controller.received().bts() == {f"depth {depth}": 10 for depth in range(4)}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(run, controller, lap, method):
    run(
        f"""
import multiprocessing
from appdynamics.agent import api as appd
def work(number):
    appd.init()
    with appd.bt("in the pool"):
        return number
if __name__ == "__main__":
    assert appd.init()
    context = multiprocessing.get_context({method!r})
    with appd.bt("main"):
        with context.Pool(2, maxtasksperchild=5) as pool:
            assert sorted(pool.imap_unordered(work, range(20))) == list(range(20))
            pool.close()
            pool.join()
        process = context.Process(target=work, args=(1,))
        process.start()
        process.join()
        assert process.exitcode == 0
""",
        timeout_s=90,
    )
    assert controller.received().bts() == {"main": 1, "in the pool": 21}


def test_process_pool_executor(run, controller, lap):
    run("""
import concurrent.futures, multiprocessing
from appdynamics.agent import api as appd
def work(number):
    with appd.bt("in the pool"):
        return number
if __name__ == "__main__":
    assert appd.init()
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        assert list(pool.map(work, range(20))) == list(range(20))
""")
    assert controller.received().bts() == {"in the pool": 20}


def test_a_fork_costs_little(run, lap):
    result = run(
        PRELUDE
        + """
work("parent", 1000)
times = []
for _ in range(20):
    begin = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    times.append(time.perf_counter() - begin)
    status_of(pid)
print(sorted(times)[10] * 1000)
"""
    )
    assert float(result.stdout) < 10


@pytest.mark.parametrize("own_thread", [False, True], ids=["no other threads", "a thread of its own"])
def test_a_fork_warns_only_of_threads_of_the_program(run, lap, own_thread):
    result = run(
        PRELUDE
        + f"""
import threading, warnings
warnings.simplefilter("always")
work("parent")
done = threading.Event()
if {own_thread}:
    threading.Thread(target=done.wait).start()
for _ in range(3):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    assert status_of(pid) == 0
done.set()
""",
        check=False,
    )
    assert result.returncode == 0
    warns = own_thread and sys.version_info >= (3, 12)
    assert result.stderr.count("is multi-threaded") == (3 if warns else 0)
