"""Where `out/` and the specs have drifted apart, as problems that say where the mend belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from omnibuild.assemble.origin import origin
from omnibuild.cache.comparison import Comparison
from omnibuild.core.values import Draft, Level, Place, Pointer, Problem, Spec
from omnibuild.spec.marks import locate


def edited(path: str, cause: Place | None) -> Problem:
    """Return the problem of a generated file that was edited by hand; `cause` is where the edit belongs."""
    hint = "no spec makes this text: move your edit elsewhere, or --overwrite to take it away (a copy is kept)"
    if cause:
        hint = f"edit {cause.file}:{cause.line} instead, or --overwrite to take the edit away (a copy is kept)"
    return Problem("edited", f"{path} was edited by hand", Place(path, 1, 1), hint)


def place_of_edit(path: str, now: str | None, made: Draft, spec: Spec, texts: Mapping[str, str]) -> Place:
    """Return the place of the spec or the body that the first edited line comes from."""
    wanted = made.files.get(path)
    line = _first_difference(wanted, now) if wanted is not None and now is not None else 1
    cause = origin(made, path, line, spec.at)
    return locate(cause, texts.get(cause.file, "")) if isinstance(cause, Pointer) else cause


def _first_difference(made: str, now: str) -> int:
    """Return the first line, in the text as made, that is not so any more."""
    pairs = zip(made.splitlines(), now.splitlines(), strict=False)
    same = next((number for number, (one, other) in enumerate(pairs) if one != other), None)
    return (min(made.count("\n"), now.count("\n")) if same is None else same) + 1


def out_of_step(found: Comparison, out: str, strays: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for every file that a build would write or remove, and for every stray one."""
    for path in found.write:
        if path not in found.edited:
            code = "missing" if path in found.missing else "stale"
            word = "is missing" if code == "missing" else "is stale"
            yield Problem(code, f"{out}/{path} {word}", Place(f"{out}/{path}", 1, 1), "run `omnibuild build`")
    for path in found.remove:
        if path not in found.edited:
            hint = "no spec makes it any more: run `omnibuild build`"
            yield Problem("stale", f"{out}/{path} is left over", Place(f"{out}/{path}", 1, 1), hint)
    for path in strays:
        hint = f"omnibuild did not write it: keep your own files outside {out}/"
        yield Problem("stray", f"{out}/{path} is a stray file", Place(f"{out}/{path}", 1, 1), hint, level=Level.BLOCK)
