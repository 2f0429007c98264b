"""Small parts of libcst trees, made once and shared: libcst's nodes are immutable."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

WIDTH = 120
"""The longest line, in characters; the formatter is told the same."""

type Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@lru_cache(maxsize=8192)
def parsed(text: str) -> cst.BaseExpression:
    """Return the tree of an expression that the program itself has written; ours to get right."""
    return cst.parse_expression(text)


@lru_cache(maxsize=1024)
def line(text: str) -> cst.SimpleStatementLine:
    """Return the tree of a one-line statement that the program itself has written."""
    statement = cst.parse_statement(text)
    if not isinstance(statement, cst.SimpleStatementLine):
        raise TypeError(f"not a simple statement: {text}")
    return statement


def quoted(text: str) -> str:
    """Return a string literal in double quotes, as the formatter would leave it."""
    body = repr(text)[1:-1]
    if repr(text)[0] == '"':
        return f'"{body}"'
    if '"' in body and "\\'" not in body:
        return repr(text)
    return '"' + body.replace("\\'", "'").replace('"', '\\"') + '"'


def raw(text: str) -> str:
    """Return a raw string literal where that spares backslashes, another one where it does not."""
    if "\\" not in text or '"' in text or text.endswith("\\") or not text.isprintable():
        return quoted(text)
    return f'r"{text}"'


def sentence(text: str) -> str:
    """Return the text on one line, closed by a full stop if nothing closes it."""
    line_ = " ".join(text.split())
    return line_ if not line_ or line_[-1] in ".!?:…" else f"{line_}."


def docstring(text: str, indent: int = 0) -> cst.SimpleStatementLine:
    """Return a docstring: one line if it fits, else a summary, a blank line and the rest."""
    margin = " " * indent
    safe = sentence(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if safe.endswith('"'):
        safe += " "
    if indent + len(safe) + 6 <= WIDTH:
        return line(f'"""{safe}"""')
    summary, _, rest = safe.partition(". ")
    room = WIDTH - indent - 6
    paragraphs = [textwrap.wrap(f"{summary}." if rest else summary, room), textwrap.wrap(rest, room)]
    body = f"\n\n{margin}".join(f"\n{margin}".join(it) for it in paragraphs if it)
    return line(f'"""{body}\n{margin}"""')


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function; `self` has no annotation."""

    name: str
    annotation: str = ""
    default: str = ""


def block(statements: Sequence[Statement]) -> cst.IndentedBlock:
    """Return the statements as the body of a class or function."""
    return cst.IndentedBlock(list(statements))


def function(
    name: str,
    parameters: Sequence[Parameter],
    returns: str,
    body: Sequence[Statement],
    *,
    is_async: bool = False,
    decorators: Sequence[str] = (),
) -> cst.FunctionDef:
    """Return a function whose parts are all known."""
    return cst.FunctionDef(
        cst.Name(name),
        cst.Parameters([_parameter(it) for it in parameters]),
        block(body),
        decorators=[cst.Decorator(parsed(it)) for it in decorators],
        returns=cst.Annotation(parsed(returns)),
        asynchronous=cst.Asynchronous() if is_async else None,
    )


def _parameter(it: Parameter) -> cst.Param:
    return cst.Param(
        cst.Name(it.name),
        cst.Annotation(parsed(it.annotation)) if it.annotation else None,
        default=parsed(it.default) if it.default else None,
    )


def class_(name: str, bases: Sequence[str], body: Sequence[Statement], decorators: Sequence[str] = ()) -> cst.ClassDef:
    """Return a class."""
    return cst.ClassDef(
        cst.Name(name),
        block(body),
        bases=[cst.Arg(parsed(base)) for base in bases],
        decorators=[cst.Decorator(parsed(it)) for it in decorators],
    )


def call(function_: str, keywords: Sequence[tuple[str, cst.BaseExpression]]) -> cst.Call:
    """Return a call with keyword arguments."""
    return cst.Call(
        parsed(function_),
        [cst.Arg(value, keyword=cst.Name(key), equal=_TIGHT) for key, value in keywords],
    )


def assign(name: str, value: cst.BaseExpression, annotation: str = "") -> cst.SimpleStatementLine:
    """Return `name = value`, or `name: annotation = value`."""
    if annotation:
        return cst.SimpleStatementLine([cst.AnnAssign(cst.Name(name), cst.Annotation(parsed(annotation)), value)])
    return cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(cst.Name(name))], value)])


def declare(name: str, annotation: str) -> cst.SimpleStatementLine:
    """Return `name: annotation`."""
    return cst.SimpleStatementLine([cst.AnnAssign(cst.Name(name), cst.Annotation(parsed(annotation)))])


def returning(value: cst.BaseExpression) -> cst.SimpleStatementLine:
    """Return `return value`."""
    return cst.SimpleStatementLine([cst.Return(value)])


_TIGHT = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
