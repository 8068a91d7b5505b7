"""The Python Agent API: business transactions, exit calls and data collectors of your own."""

import types
from collections.abc import Generator, Iterable, Mapping
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, final

__all__ = [
    "EXIT_CACHE",
    "EXIT_CUSTOM",
    "EXIT_DB",
    "EXIT_HTTP",
    "EXIT_QUEUE",
    "NO_TIMEOUT",
    "BtHandle",
    "ExitCallHandle",
    "add_snapshot_data",
    "api",
    "bt",
    "end_bt",
    "end_exit_call",
    "exit_call",
    "get_active_bt_handle",
    "init",
    "make_correlation_header",
    "shutdown",
    "start_bt",
    "start_exit_call",
]

EXIT_HTTP: Final[int]
EXIT_DB: Final[int]
EXIT_CACHE: Final[int]
EXIT_QUEUE: Final[int]
EXIT_CUSTOM: Final[int]
NO_TIMEOUT: Final[int]
"""The default of `init`'s `timeout_ms`: do not wait."""

api: types.ModuleType

def __getattr__(name: str) -> Any:
    """`EXIT_SUBTYPE_MONGODB` and other `EXIT_` names answer with an `int` of their own."""

@final
class BtHandle:
    """A running business transaction. Opaque and always true."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class ExitCallHandle:
    """A running exit call. Opaque and always true."""

_T = TypeVar("_T")
_Error: TypeAlias = BaseException | type[BaseException] | Iterable[BaseException | type[BaseException]] | None
_Properties: TypeAlias = Mapping[str, object] | None

def init(environ: Mapping[str, object] | None = None, timeout_ms: float | None = -1) -> bool:
    """Initialize the agent. True if it is properly configured.

    `environ` overrides the environment's settings. By default this returns at once; with `timeout_ms=None` it waits
    until the controller's configuration came, else for at most so many milliseconds. Never raises.
    """

def shutdown(timeout_ms: float | None = None) -> None:
    """End all active business transactions, report them, and stop.

    Waits until all are reported, or for at most `timeout_ms`; what the controller does not take is kept on disk.
    """

def start_bt(name: str, correlation_header: str | tuple[str, str] | None = None) -> BtHandle | None:
    """Start a business transaction of the specified name.

    `None` when none was started: the agent is not running, or this thread (task, greenlet) has an active one.
    `correlation_header` is what another agent's `make_correlation_header` gave.
    """

def end_bt(bt_handle: BtHandle | None, exc: _Error = None) -> None:
    """End a business transaction, in error if there is an exception or a list of exceptions."""

def add_snapshot_data(bt_handle: BtHandle | None, key: str | bytes, value: object) -> None:
    """Attach data to the snapshots of a business transaction: text, UTF-8 in bytes, or `str(value)`."""

def get_active_bt_handle(request: object) -> BtHandle | None:
    """The business transaction of a web framework's request object, or the active one of this context."""

def start_exit_call(
    bt_handle: BtHandle | None,
    exit_type: int,
    display_name: str,
    identifying_properties: _Properties,
    optional_properties: _Properties | str = None,
    operation: str | Mapping[str, object] | None = None,
    exit_subtype: int | str | None = None,
) -> ExitCallHandle | None:
    """Start an exit call. `None` when the business transaction is over or has an active one.

    A text as fifth argument is the operation, as some programs have it.
    """

def end_exit_call(exit_call_handle: ExitCallHandle | None, exc: _Error = None) -> None:
    """End an exit call, in error if there is an exception or a list of exceptions."""

def make_correlation_header(
    bt_handle: BtHandle | None, exit_call_handle: ExitCallHandle | None
) -> tuple[str, str] | None:
    """The name and value of a header that lets the tier called continue the transaction; `None` if disabled."""

class _Ready(Generic[_T]):
    def __await__(self) -> Generator[Any, Any, _T]: ...

@final
class bt:
    """Report a block as a business transaction. Yields its handle, or `None`; the block runs in any case."""

    def __new__(cls, name: str, correlation_header: str | tuple[str, str] | None = None) -> bt: ...
    def __enter__(self) -> BtHandle | None: ...
    def __exit__(
        self,
        _class: type[BaseException] | None = None,
        exc: BaseException | None = None,
        _traceback: types.TracebackType | None = None,
    ) -> Literal[False]: ...
    def __aenter__(self) -> _Ready[BtHandle | None]: ...
    def __aexit__(
        self,
        _class: type[BaseException] | None = None,
        exc: BaseException | None = None,
        _traceback: types.TracebackType | None = None,
    ) -> _Ready[Literal[False]]: ...

@final
class exit_call:
    """Add a block as an exit call. Yields its handle, or `None`; the block runs in any case."""

    def __new__(
        cls,
        bt_handle: BtHandle | None,
        exit_type: int,
        display_name: str,
        identifying_properties: _Properties,
        optional_properties: _Properties | str = None,
        operation: str | Mapping[str, object] | None = None,
        exit_subtype: int | str | None = None,
    ) -> exit_call: ...
    def __enter__(self) -> ExitCallHandle | None: ...
    def __exit__(
        self,
        _class: type[BaseException] | None = None,
        exc: BaseException | None = None,
        _traceback: types.TracebackType | None = None,
    ) -> Literal[False]: ...
    def __aenter__(self) -> _Ready[ExitCallHandle | None]: ...
    def __aexit__(
        self,
        _class: type[BaseException] | None = None,
        exc: BaseException | None = None,
        _traceback: types.TracebackType | None = None,
    ) -> _Ready[Literal[False]]: ...
