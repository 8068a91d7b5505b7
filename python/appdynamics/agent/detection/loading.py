"""Hooks are put in when the program imports what they are for."""

import sys
from importlib import import_module

from appdynamics import _native

# Module name → hooks.
_watched = {}
# Hook → (state, why).
_states = {}


class _Finder:
    """Stands in front of the finders, and has the loader of a watched module tell when it has loaded it."""

    def __init__(self):
        self._searching = set()

    def find_spec(self, name, path=None, target=None):
        if name not in _watched or name in self._searching:
            return None
        # Other tools' finders ask all finders again, us too.
        self._searching.add(name)
        try:
            spec = self._find(name, path, target)
        finally:
            self._searching.discard(name)
        if spec is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Loader(spec.loader)
        return spec

    def _find(self, name, path, target):
        for finder in list(sys.meta_path):
            find_spec = None if finder is self else getattr(finder, "find_spec", None)
            spec = find_spec(name, path, target) if find_spec is not None else None
            if spec is not None:
                return spec
        return None


class _Loader:
    """In the place of a module's loader until the module's code runs: nobody sees it afterwards."""

    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        create_module = getattr(self._loader, "create_module", None)
        return None if create_module is None else create_module(spec)

    def exec_module(self, module):
        spec = module.__spec__
        if spec is not None and spec.loader is self:
            spec.loader = self._loader
        if getattr(module, "__loader__", None) is self:
            module.__loader__ = self._loader
        self._loader.exec_module(module)
        _loaded(module.__name__, module)

    def __getattr__(self, name):
        return getattr(self._loader, name)


_finder = _Finder()


def watch(hooks):
    """Put hooks into the modules that are there, and into the others when they come. Once per hook."""
    for hook in hooks:
        if hook not in _states:
            _states[hook] = ("not imported", "")
            _watched.setdefault(hook.module, []).append(hook)
            module = sys.modules.get(hook.module)
            if module is not None and not _is_being_loaded(module):
                _put_in(hook, module)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def unwatch():
    """Forget the hooks; those that are in stay in."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
    _watched.clear()
    _states.clear()


def state_of(hook):
    """Whether a hook is in, and why not."""
    return _states.get(hook, ("not imported", ""))


def _is_being_loaded(module):
    return getattr(getattr(module, "__spec__", None), "_initializing", False)


def _loaded(name, module):
    for hook in _watched.get(name, ()):
        _put_in(hook, module)


def _put_in(hook, module):
    try:
        getattr(import_module("appdynamics.agent.detection." + hook.by), hook.function)(module)
        _states[hook] = ("hooked", "")
    except Exception as error:
        # A version that is not as those we know: the program must run as ever, and `tierline doctor` says why.
        _states[hook] = ("failed", f"{type(error).__name__}: {error}")
        version = vars(module).get("__version__", "")
        _native.note_detection(
            f"{hook.library} {version} is not observed ({hook.module}): {error}; tested is {hook.tested}"
        )
