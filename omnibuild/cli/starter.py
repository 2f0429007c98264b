"""The first texts of a workspace and of a node: small, true, and in order at the strictest mode."""

from __future__ import annotations

import json
import re
import textwrap

from omnibuild.adapters.fresh import SCHEMA
from omnibuild.core.values import Kind
from omnibuild.onex.names import pascal

_MARK = f"# yaml-language-server: $schema={SCHEMA}\n"
_PLAIN = re.compile(r"[A-Za-z][\w()/'-]*,?( [\w()/'-]+,?)+\.?")
"""Sentences that mean the same in YAML with and without quotes."""


def greeter_text() -> str:
    """Return the first spec of a new workspace."""
    return f"""{_MARK}node: greeter
kind: compute
description: Greet a person by name, as loudly as asked.
tags: [example]
policy: {{timeout: 5s, idempotent: true}}

input:
  name: {{type: str, min_length: 1, description: Who is greeted.}}
  loud: {{type: bool, default: false, description: Whether to raise the voice.}}
output:
  greeting: {{type: str, description: What is said.}}

logic:
  let:
    calm: f"Hello, {{name.strip()}}."
  greeting: calm.upper() if loud else calm

examples:
  - name: calm
    input: {{name: Ada}}
    output: {{greeting: "Hello, Ada."}}
  - name: loud
    input: {{name: Ada, loud: true}}
    output: {{greeting: "HELLO, ADA."}}
  - name: nobody
    input: {{name: ""}}
    fails: validation
"""


def shared_text(name: str, description: str = "") -> str:
    """Return the first version of a shared document."""
    told = description or "What several nodes know about the same thing."
    model, enum = f"{pascal(name)}Item", f"{pascal(name)}State"
    return f"""{_MARK}shared: {name}
description: {_scalar(told)}

enums:
  {enum}:
    open: Nothing has been done about it yet.
    done: Nothing is left to be done about it.
models:
  {model}:
    id: {{type: UUID, description: What it is known by.}}
    label: {{type: str, min_length: 1, description: What people call it.}}
    state: {{type: {enum}, description: How far it is.}}
"""


def node_text(kind: Kind, name: str, description: str = "", domain: str = "", *, body: bool = False) -> str:
    """Return the first version of a node's spec; with `body`, what it does stands in Python beside it."""
    told, idempotent, sections = _SECTIONS[kind]
    head = f"node: {name}\nkind: {kind.value}\ndescription: {_scalar(description or told)}\n"
    if domain:
        head += f"domain: {domain}\n"
    policy = f"policy: {{timeout: 30s, idempotent: {idempotent}}}\n"
    logic = "" if body else "\nlogic:\n  result: text.strip()\n"
    fields, examples = sections
    return f"{_MARK}{head}{policy}\n{fields}{logic}\n{examples}"


def body_text(kind: Kind, name: str, package: str) -> str:
    """Return the first version of a node's body."""
    stem = pascal(name)
    request, result = f"Model{stem}Input", f"Model{stem}Output"
    imports, code = _BODIES[kind]
    module = f"{package}.nodes.node_{name}_{kind.value}.models"
    one = f"from {module} import {request}, {result}\n"
    many = f"from {module} import (\n    {request},\n    {result},\n)\n"
    lines = one if len(one) <= _WIDEST else many
    return f"{imports}{lines}\n\n{code.format(request=request, result=result)}"


_WIDEST = 121
"""A line of generated code with its end."""


def _scalar(text: str) -> str:
    """Return a text as a YAML scalar, with quotes where it would mean something else without."""
    line = " ".join(text.split())
    return line if _PLAIN.fullmatch(line) else json.dumps(line, ensure_ascii=False)


def _part(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


_SECTIONS: dict[Kind, tuple[str, str, tuple[str, str]]] = {
    Kind.COMPUTE: (
        "Take the spaces around a text away.",
        "true",
        (
            _part("""
            input:
              text: {type: str, min_length: 1, description: The text as it came in.}
            output:
              result: {type: str, description: The text without spaces around it.}
            """),
            _part("""
            examples:
              - name: spaces on both sides
                input: {text: "  hello "}
                output: {result: hello}
              - name: no text at all
                input: {text: ""}
                fails: validation
            """),
        ),
    ),
    Kind.REDUCER: (
        "Keep count of what has come in.",
        "false",
        (
            _part("""
            input:
              count: {type: int, ge: 0, description: The count so far.}
              added: {type: int, gt: 0, description: How many have come in.}
            output:
              count: {type: int, ge: 0, description: The count from now on.}
            """),
            _part("""
            examples:
              - name: two more
                input: {count: 1, added: 2}
                output: {count: 3}
              - name: nothing has come in
                input: {count: 1, added: 0}
                fails: validation
            """),
        ),
    ),
    Kind.EFFECT: (
        "Look whether a file is there.",
        "true",
        (
            _part("""
            input:
              path: {type: str, min_length: 1, description: Where the file would be.}
            output:
              found: {type: bool, description: Whether it is there.}
            """),
            _part("""
            examples:
              - name: there is no such file
                input: {path: /no/such/file}
                output: {found: false}
            """),
        ),
    ),
    Kind.ORCHESTRATOR: (
        "Do the tasks of a list in order.",
        "false",
        (
            _part("""
            input:
              tasks: {type: "list[str]", description: What is to be done.}
            output:
              done: {type: "list[str]", description: What was done.}
            """),
            _part("""
            examples:
              - name: two tasks
                input: {tasks: [check, store]}
                output: {done: [check, store]}
            """),
        ),
    ),
}
"""For every kind: a description, whether it is idempotent, and its fields and examples."""

_BODIES = {
    Kind.COMPUTE: (
        "",
        _part("""
        def handle(request: {request}) -> {result}:
            return {result}(result=request.text.strip())
        """),
    ),
    Kind.REDUCER: (
        "",
        _part("""
        def handle(request: {request}) -> {result}:
            return {result}(count=request.count + request.added)
        """),
    ),
    Kind.EFFECT: (
        "import asyncio\nfrom pathlib import Path\n\n",
        _part("""
        async def handle(request: {request}) -> {result}:
            found = await asyncio.to_thread(Path(request.path).is_file)
            return {result}(found=found)
        """),
    ),
    Kind.ORCHESTRATOR: (
        "",
        _part("""
        async def handle(request: {request}) -> {result}:
            # Other nodes are called here: import their handlers and models like the models above.
            return {result}(done=list(request.tasks))
        """),
    ),
}
"""For every kind: the imports of its first body, and the body."""
