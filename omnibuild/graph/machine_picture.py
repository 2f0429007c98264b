"""A reducer's state machine in Mermaid's and in Graphviz's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from omnibuild.core.values import Machine, Transition

_WORDS = (
    "acc", "as", "choice", "class", "click", "default", "direction", "end", "fork", "hide", "href", "join", "note",
    "scale", "state", "style",
)  # fmt: skip
"""What the name of a state in Mermaid must not begin with, since it means something there."""

_ENTITIES = {"#": "#35;", ";": "#59;", ":": "#58;", "<": "#lt;"}
"""What would end a label in Mermaid, or begin an entity or a tag."""


def mermaid(machine: Machine) -> str:
    """Return the machine as a Mermaid state diagram."""
    lines = [f"state {_quoted(it)} as {_id(it)}" for it in machine.states if _id(it) != it]
    lines.append(f"[*] --> {_id(machine.states[0])}")
    for source, it in _arrows(machine):
        label = "".join(_ENTITIES.get(character, character) for character in _label(it))
        lines.append(f"{_id(source)} --> {_id(it.target)}: {label}")
    lines += [f"{_id(it)} --> [*]" for it in machine.terminal]
    return "\n".join(["stateDiagram-v2", *(f"    {it}" for it in lines)])


def dot(machine: Machine) -> str:
    """Return the machine in Graphviz's language; terminal states have a double border."""
    lines = ["rankdir=LR;", "node [shape=box, style=rounded];", '"" [shape=point];']
    lines += [f"{_quoted(it)} [peripheries=2];" for it in machine.terminal]
    lines.append(f'"" -> {_quoted(machine.states[0])};')
    lines += [
        f"{_quoted(source)} -> {_quoted(it.target)} [label={_quoted(_label(it))}];" for source, it in _arrows(machine)
    ]
    return "\n".join(["digraph machine {", *(f"  {it}" for it in lines), "}"])


MACHINE_PICTURES: dict[str, Callable[[Machine], str]] = {"dot": dot, "mermaid": mermaid}


def _arrows(machine: Machine) -> Iterator[tuple[str, Transition]]:
    """Yield every transition once for each state that it leads out of."""
    return ((source, it) for it in machine.transitions for source in it.source)


def _label(it: Transition) -> str:
    """Return what stands at an arrow, as in UML: the message, its condition, what is emitted."""
    condition = f" [{_line(it.condition.text)}]" if it.condition else ""
    events = ", ".join(_line(event.text).partition("(")[0] for event in it.emits)
    return f"{it.when}{condition}{f' / {events}' if events else ''}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _id(state: str) -> str:
    return f"s_{state}" if state.lower().startswith(_WORDS) else state


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
