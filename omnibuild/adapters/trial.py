"""The child process of a trial: imports generated modules, runs examples, reads contracts.

It runs as a script and imports nothing of omnibuild. The request comes as JSON on the standard input;
each line of the answer is a JSON list: `["at", group, subject]` before something is tried,
`["failure", group, subject, message, path]`, and `["end"]`. What the tried code prints goes nowhere.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from inspect import isawaitable
from pathlib import Path
from typing import Any

type _Said = Iterator[tuple[str, tuple[Any, ...]]]
"""Messages of failures, each with the path into the value that it is about."""

_MOST_MEMORY = 8 * 1024**3


class TimeIsUp(BaseException):
    """The example took too long. No `except Exception` of the code that runs may catch it."""


def main() -> None:
    """Answer the request on the standard input."""
    request = json.loads(sys.stdin.buffer.read())
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        _limit_memory()
        sys.path[:0] = request["path"]
        # Last: a folder of users may hold what is named as an installed package is.
        sys.path += request["search"]

        def say(*items: object) -> None:
            answer.write(json.dumps(items, default=str) + "\n")
            answer.flush()

        _answer(request, say)
        say("end")
    os._exit(0)  # the tried code may have left threads that never end


def _answer(request: dict[str, Any], say: Callable[..., None]) -> None:
    root, seconds = request["root"], request["seconds"]
    attempts: dict[str, Callable[[dict[str, Any]], _Said]] = {
        "imports": _classes,
        "examples": lambda item: _example(item, root, seconds),
        "contracts": lambda item: _contract(item, root),
    }
    for group, items in request["work"].items():
        if group == "tests":
            if items:
                _beside("trial_tests").run_tests(items, root, lambda: _Clock(seconds), _told, say)
            continue
        for item in items:
            say("at", group, item["subject"])
            try:
                for message, path in attempts[group](item):
                    say("failure", group, item["subject"], message, path)
            except BaseException as error:  # noqa: BLE001  # the tried code may raise anything, SystemExit too
                say("failure", group, item["subject"], _told(error, root), ())


def _beside(name: str) -> Any:
    """Return a module that stands beside this script; the path of the tried code does not lead here."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


def _classes(item: dict[str, Any]) -> _Said:
    module = importlib.import_module(item["subject"])
    for name in item["classes"]:
        if getattr(module, name, None) is None:  # an alias of a type, or a function, will do as well
            yield f"has no class {name}", ()


# -------------------------------------------------------------------------------------- examples


def _example(item: dict[str, Any], root: str, seconds: float) -> _Said:
    with _environment(item["env"]):
        handler, input_class, output_class = (
            getattr(importlib.import_module(item[f"{it}_module"]), item[f"{it}_class"])
            for it in ("handler", "input", "output")
        )
        clock = _Clock(seconds)
        try:
            with clock:
                said = list(_run(item, handler, input_class, output_class, root))
        except BaseException as error:
            if not clock.over:
                raise
            said = [(f"did not finish within {seconds:g} s{_where(error, root)}", ())]
    yield from said


def _run(item: dict[str, Any], handler: Any, input_class: Any, output_class: Any, root: str) -> _Said:
    from pydantic import ValidationError

    fails = item["fails"]
    try:
        request = input_class.model_validate(item["input"])
    except ValidationError as error:
        if fails != "validation":
            yield f"the example's input is not a valid {input_class.__name__}: {_errors(error)}", ()
        return
    try:
        result = handler().handle(request)
        if isawaitable(result):
            result = _awaited(result)
    except TimeIsUp:
        raise
    except BaseException as error:  # noqa: BLE001  # the example may be about any exception
        if not fails:
            yield f"raised {_told(error, root)}, the example says that it gives an output", ()
        elif not _is(error, "ValidationError" if fails == "validation" else fails):
            yield f"raised {_told(error, root)}, the example says {fails}", ()
        return
    if fails:
        yield f"did not fail, the example says {fails}: it returned {_shown(result)}", ()
    else:
        yield from _compared(result, item["output"], output_class)


def _awaited(result: Awaitable[object]) -> object:
    import asyncio

    async def main() -> object:
        return await result

    return asyncio.run(main())


def _is(error: BaseException, name: str) -> bool:
    return any(name in (it.__name__, f"{it.__module__}.{it.__qualname__}") for it in type(error).__mro__)


def _compared(result: object, output: object, output_class: Any) -> _Said:
    from pydantic import ValidationError

    try:
        expected = output_class.model_validate(output)
    except ValidationError as error:
        for it in error.errors():
            message = f"the example's output is not a valid {output_class.__name__}: {_error(it)}"
            yield message, _existing(output, it["loc"])
        return
    if not isinstance(result, output_class):
        yield f"returned {_shown(result)}, not a {output_class.__name__}", ()
        return
    for name in output_class.model_fields:
        difference = _difference(getattr(result, name), getattr(expected, name), (name,), name)
        if difference:
            yield difference


def _difference(actual: Any, expected: Any, path: tuple[Any, ...], name: str) -> tuple[str, tuple[Any, ...]] | None:
    """Return the first difference of two values, None if they are equal; `name` is the path for people."""
    if actual == expected or (actual != actual and expected != expected):  # noqa: PLR0124  # nan is not itself
        return None
    for key, part, left, right in _parts(actual, expected):
        found = _difference(left, right, (*path, key), name + part)
        if found:
            return found
    if isinstance(actual, list | tuple | dict) and isinstance(expected, type(actual)) and len(actual) != len(expected):
        return f"`{name}` has {len(actual)} items, the example says {len(expected)}: it is {_shown(actual)}", path
    return f"`{name}` is {_shown(actual)}, the example says {_shown(expected)}", path


def _parts(actual: Any, expected: Any) -> Iterator[tuple[Any, str, Any, Any]]:
    """Give what two values have both: key, its name for people, and the two parts."""
    if type(actual) is not type(expected):
        return
    if isinstance(actual, dict):
        for key in (it for it in expected if it in actual):
            yield key if isinstance(key, str | int) else str(key), f"[{key!r}]", actual[key], expected[key]
    elif isinstance(actual, list | tuple):
        for index, (left, right) in enumerate(zip(actual, expected, strict=False)):
            yield index, f"[{index}]", left, right
    elif hasattr(type(actual), "model_fields"):
        for name in type(actual).model_fields:
            yield name, f".{name}", getattr(actual, name), getattr(expected, name)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Clock:
    """A limit of time; where signals cannot set one, the parent process kills this one instead."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.over = False

    def __enter__(self) -> None:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.over and not isinstance(error, TimeIsUp):  # the code went on as if nothing were
            raise TimeIsUp

    def _ring(self, *_: object) -> None:
        self.over = True
        raise TimeIsUp


# ------------------------------------------------------------------------------------- contracts


def _contract(item: dict[str, Any], root: str) -> _Said:
    import yaml
    from omnibase_core.models.contracts.model_yaml_contract import ModelYamlContract
    from pydantic import ValidationError

    data = yaml.safe_load(Path(root, item["subject"]).read_text(encoding="utf-8"))
    try:
        ModelYamlContract.model_validate(data)
    except ValidationError as error:
        for it in error.errors():
            yield _error(it), _existing(data, it["loc"])


# -------------------------------------------------------------------------------------- messages


def _told(error: BaseException, root: str) -> str:
    """Return what was raised, and where in the tree."""
    name = type(error).__name__
    if isinstance(error, SyntaxError):
        message = error.msg
    else:
        message = _errors(error) if hasattr(error, "errors") and name == "ValidationError" else str(error)
    return f"{name}: {message}{_where(error, root)}" if message else f"{name}{_where(error, root)}"


def _where(error: BaseException, root: str) -> str:
    places = [(error.filename or "", error.lineno or 0)] if isinstance(error, SyntaxError) else []
    frames = list(traceback.walk_tb(error.__traceback__))
    for file, line in places + [(frame.f_code.co_filename, line) for frame, line in reversed(frames)]:
        if Path(file).is_relative_to(root):
            return f" ({Path(file).relative_to(root).as_posix()}:{line})"
    return ""


def _errors(error: Any) -> str:
    return "; ".join(map(_error, error.errors()))


def _error(error: Mapping[str, Any]) -> str:
    place = ".".join(map(str, error["loc"]))
    return f"{place}: {error['msg']}" if place else str(error["msg"])


def _existing(value: Any, path: Iterable[Any]) -> tuple[Any, ...]:
    """Return the part of the path that leads to something: pydantic's also names types and what is missing."""
    found: list[Any] = []
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            break
        found.append(key)
    return tuple(found)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _limit_memory() -> None:
    """Let code that asks for endless memory fail by itself, and not the machine; leave no core files."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for kind, most in ((resource.RLIMIT_DATA, _MOST_MEMORY), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        with suppress(OSError, ValueError):  # some systems refuse
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
