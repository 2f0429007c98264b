"""What a class inherits from, in Python's order, and what its type variables stand for in each of these."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from omnibuild.adopt.code.library import Assigned
from omnibuild.adopt.code.lookup import Foreign, Found, Lookup, Missing

type Argument = tuple[Found, ast.expr]
"""What a type variable stands for: an expression, and the class in whose module and variables it is written."""


@dataclass(frozen=True, eq=False)
class Base:
    """A class among the ancestors of another, itself included."""

    found: Found
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Lineage:
    """The classes below the roots, the class itself first; the foreign ones; and the bases that lead nowhere."""

    known: tuple[Base, ...]
    foreign: tuple[Foreign, ...]
    missing: tuple[Missing, ...]
    overlaid: tuple[str, ...]
    """The known classes in the order in which pydantic lays their configurations over each other."""

    def is_a(self, *sources: str) -> bool:
        """Return whether one of the foreign bases is one of these."""
        return any(it.source in sources for it in self.foreign)


class Lineages:
    """Lineages of classes; each is made once."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._known: dict[str, Lineage] = {}

    def of(self, found: Found) -> Lineage:
        """Return the lineage of a class."""
        if found.source not in self._known:
            order, missing = self._linear(found, {}, frozenset())
            self._known[found.source] = Lineage(
                tuple(it for it in order if isinstance(it, Base)),
                tuple(it for it in order if isinstance(it, Foreign)),
                tuple(missing),
                self._overlaid(found, frozenset()),
            )
        return self._known[found.source]

    def _overlaid(self, found: Found, seen: frozenset[str]) -> tuple[str, ...]:
        """Return a class behind its bases, from left to right, and these behind theirs; of several times the last."""
        order: list[str] = []
        for above in self._lookup.bases(found) if found.source not in seen else ():
            if isinstance(above, Found):
                known = self._known.get(above.source)
                order += known.overlaid if known else self._overlaid(above, seen | {found.source})
        return tuple(reversed(dict.fromkeys(reversed([*order, found.source]))))

    def _linear(
        self, found: Found, arguments: Mapping[str, Argument], seen: frozenset[str]
    ) -> tuple[list[Base | Foreign], list[Missing]]:
        own = Base(found, arguments)
        if found.source in seen:
            return [], [Missing(f"{found.source} inherits from itself")]
        orders: list[list[Base | Foreign]] = []
        direct: list[Base | Foreign] = []
        missing: list[Missing] = []
        for node in found.class_.bases if found.class_ else ():
            above = self._lookup.resolve(found.module, node.value if isinstance(node, ast.Subscript) else node)
            match above:
                case Missing():
                    missing.append(above)
                case Foreign():
                    orders.append([above])
                    direct.append(above)
                case Found(node=ast.ClassDef()):
                    given = _arguments(found, node)
                    order, wrong = self._linear(above, self._bound(above, given), seen | {found.source})
                    orders.append(order)
                    direct += order[:1]
                    missing += wrong
                case Found():
                    missing.append(Missing(f"the base `{ast.unparse(node)}` is no class"))
        return [own, *_merge([*orders, direct])], missing

    def _bound(self, above: Found, given: Sequence[Argument]) -> Mapping[str, Argument]:
        """Return what the type variables of a class stand for."""
        return dict(zip(self.variables(above), given, strict=False))

    def variables(self, found: Found) -> tuple[str, ...]:
        """Return the names of the type variables of a generic class, in order."""
        node = found.class_
        if node is None:
            return ()
        if node.type_params:
            return tuple(it.name for it in node.type_params if isinstance(it, ast.TypeVar))
        names: dict[str, None] = {}
        for base in node.bases:
            if isinstance(base, ast.Subscript):
                inside = [it.id for it in ast.walk(base.slice) if isinstance(it, ast.Name)]
                variables = [it for it in inside if self.is_variable(found, it)]
                above = self._lookup.resolve(found.module, base.value)
                if isinstance(above, Foreign) and above.name in ("Generic", "Protocol"):
                    return tuple(variables)
                names |= dict.fromkeys(variables)
        return tuple(names)

    def is_variable(self, found: Found, name: str) -> bool:
        """Return whether a name of a class's module is a type variable."""
        meaning = self._lookup.resolve(found.module, ast.Name(name))
        return isinstance(meaning, Found) and is_type_variable(meaning)


def is_type_variable(meaning: Found) -> bool:
    """Return whether a name is made by `TypeVar("T")`."""
    match meaning.node:
        case Assigned(value=ast.Call(func=ast.Name(id="TypeVar") | ast.Attribute(attr="TypeVar"))):
            return True
        case _:
            return False


def _arguments(found: Found, node: ast.expr) -> list[Argument]:
    if not isinstance(node, ast.Subscript):
        return []
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return [(found, it) for it in inside]


def _merge(orders: list[list[Base | Foreign]]) -> list[Base | Foreign]:
    """Return the classes of several lineages in Python's order (C3); if they contradict one another, in any."""
    merged: list[Base | Foreign] = []
    waiting = [list(it) for it in orders if it]
    while waiting:
        heads = [it[0] for it in waiting]
        behind = {_name(it) for order in waiting for it in order[1:]}
        chosen = next((it for it in heads if _name(it) not in behind), heads[0])
        merged.append(chosen)
        waiting = [[it for it in order if _name(it) != _name(chosen)] for order in waiting]
        waiting = [it for it in waiting if it]
    return merged


def _name(it: Base | Foreign) -> str:
    return it.found.source if isinstance(it, Base) else it.source
