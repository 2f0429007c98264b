"""Where `out/` and the specs have drifted apart, as problems that say where the mend belongs."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.assemble.origin import origin
from omnibuild.cache.comparison import Comparison
from omnibuild.core.values import Draft, Level, Place, Pointer, Problem, Spec
from omnibuild.spec.marks import locate


def edited(path: str, out: str, now: str | None, draft: Draft | None, spec: Spec | None, text: str) -> Problem:
    """Return the problem of a generated file that was edited by hand.

    `now` is the file's text, `draft` what it should be with its origins, `text` the spec's file.
    """
    made = draft.files.get(path) if draft else None
    line = _first_difference(made, now) if made is not None and now is not None else 1
    hint = "no spec makes this file any more: move your edit elsewhere, or --overwrite to remove the file"
    if draft and spec:
        cause = origin(draft, path, line, spec.at)
        place = locate(cause, text) if isinstance(cause, Pointer) else cause
        hint = f"edit {place.file}:{place.line} instead, or --overwrite to take the edit away (a copy is kept)"
    message = f"{out}/{path} was edited by hand" if now is not None else f"{out}/{path} is not what omnibuild wrote"
    return Problem("edited", message, Place(f"{out}/{path}", line, 1), hint)


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
