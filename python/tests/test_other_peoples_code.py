"""The agent runs code of the host: what that code does stays the host's own affair."""

import os
import subprocess
import sys
import textwrap

import pytest


def run(tmp_path, source):
    """What a configured program of its own prints, standard error included."""
    settings = {
        "APPDYNAMICS_AGENT_APPLICATION_NAME": "shop",
        "APPDYNAMICS_AGENT_TIER_NAME": "web",
        "APPDYNAMICS_AGENT_NODE_NAME": "web-1",
        "APPDYNAMICS_AGENT_BASE_DIR": str(tmp_path),
        "APPDYNAMICS_CONTROLLER_HOST_NAME": "127.0.0.1",
        "APPDYNAMICS_CONTROLLER_PORT": "1",
        "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY": "a-secret",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(source)],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_an_ended_sub_interpreter_leaves_the_agent_to_the_others(tmp_path):
    printed = run(
        tmp_path,
        """
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            import _interpreters as interpreters
        other = interpreters.create()
        run = getattr(interpreters, "run_string", None) or interpreters.exec
        run(other, "from appdynamics.agent import api; api.init()")
        interpreters.destroy(other)
        from appdynamics.agent import api
        print(api.init(), api.start_bt("works") is not None)
        """,
    )
    assert printed == "True True\n"


def test_an_object_whose_class_raises_is_only_odd(tmp_path):
    printed = run(
        tmp_path,
        """
        from appdynamics.agent import api

        class Lazy:
            @property
            def __class__(self):
                raise RuntimeError("nobody may look")

        api.init()
        bt = api.start_bt("odd")
        print(api.start_exit_call(bt, api.EXIT_DB, "db", {"HOST": "db"}, Lazy(), Lazy()) is not None)
        """,
    )
    assert printed == "True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill with SIGINT ends the program there")
def test_ctrl_c_while_the_agent_asks_for_a_text_is_the_programs(tmp_path):
    printed = run(
        tmp_path,
        """
        import os, signal, threading, time
        from appdynamics.agent import api

        class Slow:
            def __str__(self):
                time.sleep(1)
                return "slow"

        api.init()
        bt = api.start_bt("interrupted")
        threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            api.add_snapshot_data(bt, "key", Slow())
            for _ in range(1000):
                pass
            print("lost")
        except KeyboardInterrupt:
            print("interrupted")
        """,
    )
    assert printed == "interrupted\n"
