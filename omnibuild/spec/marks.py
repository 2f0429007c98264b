"""From a pointer to a place: the line and column of anything in a spec, found only when asked for."""

from __future__ import annotations

import yaml

from omnibuild.core.values import Place, Pointer
from omnibuild.spec.document import compose, walk


def locate(pointer: Pointer, text: str) -> Place:
    """Return where in the file's text a pointer leads; where it ends early, the last thing on its way."""
    roots = compose(text).roots
    if pointer.document >= len(roots):
        return Place(pointer.file, 1, 1)
    root = roots[pointer.document]
    key, node = None, root
    if not pointer.path and isinstance(root, yaml.MappingNode) and root.value:
        key, node = root.value[0][0], root.value[0][0]
    for key, node in walk(root, pointer.path):  # noqa: B007 - the last pair counts
        continue
    if pointer.key and key is not None:
        node = key
    if pointer.offset and isinstance(node, yaml.ScalarNode):
        return _inside(node, pointer, text)
    return Place(pointer.file, node.start_mark.line + 1, node.start_mark.column + 1)


def _inside(node: yaml.ScalarNode, pointer: Pointer, text: str) -> Place:
    """Return the place of a character of a scalar, following folds and indentation, not escapes."""
    lines = text.splitlines()
    line, column = node.start_mark.line, node.start_mark.column
    if node.style in ("|", ">"):
        line, column = line + 1, 0
    elif node.style:
        column += 1
    for character in node.value[: pointer.offset].replace(" ", "").replace("\n", ""):
        line, column = _next(lines, line, column)
        if line >= len(lines) or lines[line][column] != character:
            return Place(pointer.file, node.start_mark.line + 1, node.start_mark.column + 1)
        column += 1
    if pointer.offset < len(node.value) and not node.value[pointer.offset].isspace():
        line, column = _next(lines, line, column)
    return Place(pointer.file, line + 1, column + 1)


def _next(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """Return the position of the next character that is not white space, from this one on."""
    while line < len(lines):
        rest = lines[line][column:]
        if rest.strip():
            return line, column + len(rest) - len(rest.lstrip())
        line, column = line + 1, 0
    return line, column
