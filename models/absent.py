"""Stand-ins for packages that a large library imports at its start and never uses in what we ask of it.

PaddleX imports clients of model hubs and of web services, and data frames for time series, before it reads a
line: 60 MB and a second in every process, and network code where nothing may call out.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import threading
import types
from collections.abc import Collection, Iterator, MutableSequence
from contextlib import contextmanager
from typing import Any


class _Everything(type):
    """Any name of a stand-in is a class like this, to be subclassed, called or named in an annotation."""

    def __getattr__(cls, name: str) -> Any:
        return _attribute(name)


class _Nothing(metaclass=_Everything):
    def __init__(self, *_: object, **__: object) -> None:
        """Takes whatever the real thing takes."""

    def __getattr__(self, name: str) -> Any:
        return _attribute(name)


def _attribute(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing


class _StandIn(types.ModuleType):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: MutableSequence[str] = []

    def __getattr__(self, name: str) -> Any:
        return _attribute(name)


class _StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, packages: Collection[str]) -> None:
        self._packages = frozenset(packages)
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        """Only for the thread that asked for stand-ins."""
        if fullname.split(".")[0] not in self._packages or threading.get_ident() != self._thread:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to execute."""


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Imports made inside see empty stand-ins for these packages, unless the real ones are loaded already.

    Afterwards the packages can be imported as ever; who got a stand-in keeps it.
    """
    unloaded = [name for name in packages if name not in sys.modules]
    finder = _StandInFinder(unloaded)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _StandIn)]:
            del sys.modules[name]
