"""What a trace is in a remote cache: an action's result, and the blobs that it names.

The result lists the node's files below `out/`; its standard output is the trace as JSON. The name of
the result is the digest of the node, the manifest's key and the version of this mapping, behind a word
that keeps it apart from what other programs keep in the same cache.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from posixpath import dirname

from omnibuild.adapters.remote_protocol import ActionResult, Digest, OutputFile, decode, encode
from omnibuild.cache.trace import VERSION, from_json, stays_below, to_json
from omnibuild.core.values import Level, Trace, digest, digest_json

FORM = 1
"""Counts the changes of this mapping; an entry of another one is not found."""

MOST_BYTES = 64 * 2**20
"""An entry with more than this is nobody's node, and is not downloaded."""

LEDGER = ".omnibuild.json"
"""What no node makes: the list of what omnibuild wrote to `out/`."""


def action_key(node: str, key: str) -> str:
    """Return the name of the result for a node and its manifest's key."""
    return digest_json(["omnibuild action", FORM, VERSION, node, key])


def pack(trace: Trace, files: Mapping[str, str]) -> tuple[bytes, dict[str, bytes]]:
    """Return a trace and its files as a result and the blobs by their digests.

    Raises ValueError where a text has no encoding, and LookupError where a file of the trace is not given.
    """
    told = json.dumps(to_json(trace), separators=(",", ":")).encode()
    texts = {path: files[path].encode() for path, _ in trace.files}
    outputs = tuple(OutputFile(path, Digest(name, len(texts[path]))) for path, name in trace.files)
    result = ActionResult(outputs, stdout=Digest(digest(told), len(told)))
    return encode(result), {digest(it): it for it in (told, *texts.values())}


def read_result(data: bytes) -> ActionResult:
    """Return a result that `pack` may have made. Raises ValueError for any other, whatever its paths lead to."""
    result = decode(data)
    if result.exit_code or result.more or result.stdout is None:
        raise ValueError("this is the result of another program")
    paths = [it.path for it in result.files]
    if any(not stays_below(path) or path == LEDGER for path in paths):
        raise ValueError("it has a file that does not belong below the output folder")
    if len(set(paths)) < len(paths) or _above(paths).intersection(paths):
        raise ValueError("it has two files for one path")
    if sum(it.size for it in blobs(result)) > MOST_BYTES:
        raise ValueError("it is too large")
    return result


def blobs(result: ActionResult) -> list[Digest]:
    """Return the digests of all that a result names."""
    return [*((result.stdout,) if result.stdout else ()), *(it.digest for it in result.files)]


def read_trace(data: bytes, result: ActionResult, node: str, key: str) -> Trace:
    """Return the trace that is a result's standard output.

    Raises ValueError unless it is of this node, of this very manifest, of the result's files and
    of a node that nothing blocked.
    """
    try:
        trace = from_json(json.loads(data))
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if (trace.manifest.node, trace.manifest.key) != (node, key):
        raise ValueError("it is another node's, or of another manifest")
    if sorted(trace.files) != sorted((it.path, it.digest.hash) for it in result.files):
        raise ValueError("it has other files than its result")
    if any(it.level is Level.BLOCK for verdict in trace.verdicts for it in verdict.problems):
        raise ValueError("it is of a node that was blocked")
    return trace


def _above(paths: list[str]) -> set[str]:
    """Return every folder that the paths need."""
    found: set[str] = set()
    for path in paths:
        folder = dirname(path)
        while folder and folder not in found:
            found.add(folder)
            folder = dirname(folder)
    return found
