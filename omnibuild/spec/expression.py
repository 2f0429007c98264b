"""The expression grammar: the text of an expression to a checked Python tree. Nothing is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from omnibuild.core.values import Expression, Lowered, Pointer, Problem, Type
from omnibuild.spec.inference import Inference
from omnibuild.spec.narrowing import narrow
from omnibuild.spec.scope import Binding, Env, Opaque, Scope, Want
from omnibuild.spec.signatures import functions
from omnibuild.spec.stubs import RULED
from omnibuild.spec.syntax import parse

__all__ = ["Binding", "Opaque", "Scope", "lower", "names", "proves"]

CODE = "expression"
"""The code of all problems of expressions."""


def lower(expression: Expression, scope: Scope, expected: Type | None) -> tuple[Lowered | None, list[Problem]]:
    """Return an expression as Python, or None and everything that is wrong with it.

    `expected` is the type that the place needs: literals become what it says, and a value of another
    type is a problem. Every problem is at its own character of the text.
    """
    syntax = parse(expression.text, expression.at, CODE, "an expression")
    if isinstance(syntax, Problem):
        return None, [syntax]
    if scope.settle:
        tree, wrong = scope.settle(syntax)
        if wrong:
            return None, wrong
        syntax = replace(syntax, tree=tree)
    inference = Inference(syntax, scope)
    lowered = inference.infer(syntax.tree, Env(), Want(expected, strict=True) if expected else None)
    if lowered.type.head == "iterator":
        hint = "write [… for … in …], or list(…) around it"
        inference.report("this gives an iterator, which can be read once only", syntax.tree, hint)
    problems = inference.problems
    return (None if problems else lowered), problems


def proves(condition: Expression, scope: Scope) -> Mapping[str, Type]:
    """Return the types that names and attribute paths have where a sound condition holds: `event.note` is not None."""
    syntax = parse(condition.text, condition.at, CODE, "an expression")
    return {} if isinstance(syntax, Problem) else narrow(Inference(syntax, scope), syntax.tree, Env()).narrowed


def names(expression: Expression) -> frozenset[str]:
    """Return the names that an expression reads and does not bind itself: `price` of `price.total`.

    Functions are left out, models are not. An expression that does not parse has no names: `lower`
    says what is wrong with it.
    """
    return _names(expression.text)


@lru_cache(maxsize=4096)
def _names(text: str) -> frozenset[str]:
    syntax = parse(text, Pointer("", 0, ()), CODE, "an expression")
    return frozenset() if isinstance(syntax, Problem) else _free(syntax.tree, frozenset())


def _free(node: ast.AST, bound: frozenset[str]) -> frozenset[str]:
    match node:
        case ast.Name(id=name):
            return frozenset({name}) - bound
        case ast.Call(func=ast.Name(id=name)) if name in functions() or name in RULED:
            return _free_in([*node.args, *node.keywords], bound)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            found: frozenset[str] = frozenset()
            for clause in node.generators:
                found |= _free(clause.iter, bound)
                bound |= {it.id for it in ast.walk(clause.target) if isinstance(it, ast.Name)}
                found |= _free_in(clause.ifs, bound)
            made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            return found | _free_in(made, bound)
        case _:
            return _free_in(ast.iter_child_nodes(node), bound)


def _free_in(nodes: Iterable[ast.AST], bound: frozenset[str]) -> frozenset[str]:
    return frozenset(name for node in nodes for name in _free(node, bound))
