"""From what was built to `out/`: what differs, what was edited by hand, and the change itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from omnibuild.assemble.origin import origin
from omnibuild.assemble.template import Templates
from omnibuild.cache.comparison import Comparison, compare
from omnibuild.cache.decision import Decision
from omnibuild.core.ports import Texts, World
from omnibuild.core.values import Draft, Level, Place, Pointer, Problem, Settings
from omnibuild.onex.assembly import PACKAGE, assemble
from omnibuild.onex.check import check_spec
from omnibuild.survey import Survey


@dataclass(frozen=True, slots=True)
class Change:
    """What a build wrote and removed below `out/`."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promotion:
    """What was decided and built; `files` are those of the nodes that were built or restored, path to digest."""

    world: World
    settings: Settings
    survey: Survey
    decisions: Mapping[str, Decision]
    files: Mapping[str, Mapping[str, str]]

    def compare(self, *, limited: bool) -> Comparison:
        """Hold `out/` against what it should hold; where the build is limited, other nodes' files are left alone."""
        ledger, wanted = self.world.output.ledger(), self._wanted()
        homes = tuple(f"{self.survey.names.folder_path(name)}/" for name in self.decisions if name != PACKAGE)
        known = [it for it in ledger if it.startswith(homes)] if limited else ledger
        present = self.world.output.digests({*wanted, *known})
        return compare(wanted, ledger, present, lambda path: path.startswith(homes) if limited else self._is_sound)

    def run(self, found: Comparison) -> Change:
        """Write what differs and remove what no spec makes any more; edits by hand are kept aside."""
        self.world.output.set_aside(found.edited)
        if found.changed or self.world.output.is_unfinished():
            digests = {path: it for files in self.files.values() for path, it in files.items()}
            write = _Texts({path: digests[path] for path in found.write}, self.world.texts)
            self.world.output.promote(write, found.remove, found.ledger)
        return Change(found.write, found.remove)

    def edits(self, found: Comparison, templates: Templates) -> Iterator[Problem]:
        """Yield a problem per file that was edited by hand, with the place where the edit belongs."""
        for path in found.edited:
            cause, line = self._cause(path, templates)
            hint = "no spec makes this text: move your edit elsewhere, or --overwrite to take it away (a copy is kept)"
            if cause:
                hint = f"edit {cause.file}:{cause.line} instead, or --overwrite to take the edit away (a copy is kept)"
            file = f"{self.settings.out}/{path}"
            yield Problem("edited", f"{file} was edited by hand", Place(file, line, 1), hint)

    def out_of_step(self, found: Comparison, failed: Iterable[str]) -> Iterator[Problem]:
        """Yield a problem for every file that a build would write or remove, and for every stray one.

        Of a node that failed nobody knows which files it should have.
        """
        unknown = tuple(f"{self.survey.names.folder_path(it)}/" for it in failed if it in self.survey.graph.specs)
        out = self.settings.out
        for path in found.write:
            if path not in found.edited:
                code = "missing" if path in found.missing else "stale"
                message = f"{out}/{path} is {code}"
                yield Problem(code, message, Place(f"{out}/{path}", 1, 1), "run `omnibuild build`")
        for path in found.remove:
            if path not in found.edited and not path.startswith(unknown):
                hint = "no spec makes it any more: run `omnibuild build`"
                yield Problem("stale", f"{out}/{path} is left over", Place(f"{out}/{path}", 1, 1), hint)
        for path in self.world.output.strays({*found.ledger, *found.remove}):
            hint = f"omnibuild did not write it: keep your own files outside {out}/"
            yield Problem("stray", f"{out}/{path} is a stray file", Place(f"{out}/{path}", 1, 1), hint)

    @property
    def _is_sound(self) -> bool:
        return self.survey.whole and not self.survey.failed and not self.survey.skipped

    def _wanted(self) -> dict[str, str]:
        """Return what `out/` should hold, path to digest, as far as this build knows."""
        wanted: dict[str, str] = {}
        for name, decision in self.decisions.items():
            if name == PACKAGE and not self._is_sound:
                continue  # it lists the nodes, and some are not known
            if name in self.files:
                wanted |= self.files[name]
            elif decision.trace:
                wanted |= dict(decision.trace.files)
        return wanted

    def _cause(self, path: str, templates: Templates) -> tuple[Place | None, int]:
        """Return the place of the spec or the body that the first edited line comes from, and that line."""
        names = self.survey.names
        name = next((it for it in self.survey.graph.order if path.startswith(f"{names.folder_path(it)}/")), None)
        if name is None:
            return None, 1
        spec = self.survey.graph.specs[name]
        broken = any(it.level is Level.BLOCK for it in check_spec(spec, names))
        draft = None if broken else assemble(spec, names, templates)[0]
        if draft is None:
            return self._place(spec.at), 1
        built = {path: self.world.texts.get(it) for path, it in self.files.get(name, {}).items()}
        made = replace(draft, files={**self._laid_out(draft), **built})
        now = self.world.output.text(path)
        line = _first_difference(made.files[path], now) if path in made.files and now is not None else 1
        return self._place(origin(made, path, line, spec.at)), line

    def _laid_out(self, draft: Draft) -> Mapping[str, str]:
        return {**draft.files, **self.world.formatter.format({path: draft.files[path] for path in sorted(draft.loose)})}

    def _place(self, at: Pointer | Place) -> Place:
        return self.survey.locate(at) if isinstance(at, Pointer) else at


class _Texts(Mapping[str, str]):
    """Files, path to text, of which none is in memory before it is asked for."""

    def __init__(self, digests: Mapping[str, str], texts: Texts) -> None:
        self._digests = digests
        self._texts = texts

    def __getitem__(self, path: str) -> str:
        return self._texts.get(self._digests[path])

    def __iter__(self) -> Iterator[str]:
        return iter(self._digests)

    def __len__(self) -> int:
        return len(self._digests)


def _first_difference(made: str, now: str) -> int:
    """Return the first line, in the text as made, that is not so any more."""
    pairs = zip(made.splitlines(), now.splitlines(), strict=False)
    same = next((number for number, (one, other) in enumerate(pairs) if one != other), None)
    return (min(made.count("\n"), now.count("\n")) if same is None else same) + 1
