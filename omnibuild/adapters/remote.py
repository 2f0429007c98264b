"""The cache with a remote one behind it: what others have built need not be built here.

The remote cache can make a build faster, and nothing else: whatever goes wrong with it makes a node
miss there, is told once as a warning, and after a few times the server is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import batched
from threading import Lock

from omnibuild.adapters.parallel import each
from omnibuild.adapters.remote_entry import action_key, blobs, pack, read_result, read_trace
from omnibuild.adapters.remote_protocol import ActionResult, Digest
from omnibuild.adapters.remote_server import CONNECTIONS, RemoteError, RemoteServer
from omnibuild.core.ports import Cache
from omnibuild.core.values import Level, Problem, RemoteMode, Settings, Trace

MOST_FAULTS = 3
"""After so many the server is not asked any more in this build."""

BATCH = 128
"""So many nodes are in memory at a time."""

_EMPTY = Digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0)
"""Nothing; everybody has that."""


def remote_cache(
    local: Cache, settings: Settings, environ: Mapping[str, str], on_problem: Callable[[Problem], None]
) -> RemoteCache:
    """Return the local cache with the one behind it that the settings name; nothing is asked yet."""
    server = RemoteServer(settings.remote, environ)
    return RemoteCache(local, server, on_problem, writes=settings.remote_mode is RemoteMode.READ_WRITE)


class RemoteCache:
    """A local cache that `prefetch` fills from a server, and whose news `settle` gives to it, if it `writes`."""

    def __init__(
        self, local: Cache, server: RemoteServer, on_problem: Callable[[Problem], None], *, writes: bool
    ) -> None:
        self._local = local
        self._server = server
        self._on_problem = on_problem
        self._writes = writes
        self._found: dict[tuple[str, str], Trace] = {}
        self._news: list[Trace] = []
        self._damaged: set[str] = set()
        self._faults: list[RemoteError] = []
        self._off = False
        self._told = False
        self._lock = Lock()

    # ------------------------------------------------------------------------------------- the port

    def prefetch(self, wanted: Mapping[str, str]) -> None:
        """Look up the nodes that the local cache has no trace of, and keep in it what is found there."""
        self._local.prefetch(wanted)
        missing = {}
        for node, key in wanted.items():
            if trace := self._local.trace(node, key):
                self._found[node, key] = trace
            else:
                missing[node] = key
        self._session(self._fetch, list(missing.items()))

    def trace(self, node: str, key: str) -> Trace | None:
        """Return the trace of the node under the manifest's key."""
        return self._found.get((node, key)) or self._local.trace(node, key)

    def latest(self, node: str) -> Trace | None:
        """Return the trace that was kept last for the node, whatever its key."""
        return self._local.latest(node)

    def content(self, digest: str) -> str | None:
        """Return a file's text by its digest."""
        return self._local.content(digest)

    def note(self, node: str, key: str) -> None:
        """Take note of the trace that holds for a node now."""
        self._local.note(node, key)

    def keep(self, trace: Trace, files: Mapping[str, str]) -> None:
        """Keep a trace and the text of its files here; `settle` gives them to the server."""
        self._local.keep(trace, files)
        if self._writes:
            self._news.append(trace)

    def settle(self) -> None:
        """Give to the server what was kept; return when that is done."""
        news, self._news = self._news, []
        self._session(self._upload, news)
        self._local.settle()

    # ------------------------------------------------------------------------------------ from there

    def _fetch(self, wanted: Sequence[tuple[str, str]]) -> None:
        keys = dict(wanted)
        found = zip(keys, self._each(self._result, wanted), strict=True)
        results = {node: it for node, it in found if it}
        needed = {it.hash: it for result in results.values() for it in blobs(result)}
        data = self._blobs(needed.values())
        for node, result in results.items():
            if all(it.hash in data for it in blobs(result)):
                self._take(node, keys[node], result, data)

    def _result(self, wanted: tuple[str, str]) -> ActionResult | None:
        node, key = wanted
        data = self._ask(lambda: self._server.result(action_key(node, key)))
        return self._read(node, lambda: read_result(data)) if data is not None else None

    def _blobs(self, wanted: Collection[Digest]) -> dict[str, bytes]:
        """Return those of the blobs that are to be had, those of this machine's own cache among them."""
        have = {_EMPTY.hash: b""}
        for it in wanted:
            text = self._local.content(it.hash)
            if text is not None:
                have[it.hash] = text.encode()
        lacking = [it for it in wanted if it.hash not in have]
        found = zip(lacking, self._each(self._blob, lacking), strict=True)
        return have | {it.hash: data for it, data in found if data is not None}

    def _blob(self, wanted: Digest) -> bytes | None:
        data = self._ask(lambda: self._server.blob(wanted.hash, wanted.size))
        if data is None:
            # What stands under this name may be damaged: a build that has the right one replaces it unseen.
            self._damaged.add(wanted.hash)
        return data

    def _take(self, node: str, key: str, result: ActionResult, data: Mapping[str, bytes]) -> None:
        """Keep an entry that was found, if it is what it should be."""

        def read() -> tuple[Trace, dict[str, str]]:
            told = data[result.stdout.hash] if result.stdout else b""
            return read_trace(told, result, node, key), {it.path: data[it.digest.hash].decode() for it in result.files}

        found = self._read(node, read)
        if found:
            self._local.keep(*found)

    # -------------------------------------------------------------------------------------- to there

    def _upload(self, traces: Sequence[Trace]) -> None:
        """Give blobs, then the results whose blobs are all there: a result never promises what is not to be had."""
        entries = dict(it for it in map(self._entry, traces) if it)
        data = {name: it for _, blobs_ in entries.values() for name, it in blobs_.items()}
        given = {name for name, done in zip(data, self._each(self._give, data.items()), strict=True) if done}
        ready = [(name, result) for name, (result, blobs_) in entries.items() if given.issuperset(blobs_)]
        self._each(self._give_result, ready)

    def _entry(self, trace: Trace) -> tuple[str, tuple[bytes, dict[str, bytes]]] | None:
        """Return the name of a trace's result and what belongs to it, None where the local cache did not take it."""
        texts = {path: self._local.content(name) for path, name in trace.files}
        files = {path: it for path, it in texts.items() if it is not None}
        if len(files) < len(texts):
            return None
        return action_key(trace.manifest.node, trace.manifest.key), pack(trace, files)

    def _give(self, blob: tuple[str, bytes]) -> bool:
        name, data = blob

        def give() -> bool:
            if name in self._damaged or not self._server.has_blob(name, len(data)):
                self._server.put("cas", name, data)
            return True

        return self._ask(give) is not None

    def _give_result(self, entry: tuple[str, bytes]) -> None:
        self._ask(lambda: self._server.put("ac", *entry))

    # --------------------------------------------------------------------------------- when it fails

    def _session[T](self, work: Callable[[Sequence[T]], None], items: Sequence[T]) -> None:
        """Do something with the server for these items, unless it has been given up, and tell of the first fault."""
        if self._off or not items:
            return
        try:
            with self._server:
                for some in batched(items, BATCH):
                    work(some)
        except RemoteError as error:
            self._fault(error)
        if self._faults and not self._told:
            self._told = True
            first = self._faults[0]
            more = f", and {len(self._faults) - 1} more like it" if len(self._faults) > 1 else ""
            message = f"the remote cache {self._server.name} could not be used for all: {first}{more}"
            hint = f"the build goes on without it; {first.hint}"
            self._on_problem(Problem("remote-cache", message, hint=hint, level=Level.WARN))

    def _each[T, R](self, work: Callable[[T], R], items: Collection[T]) -> list[R | None]:
        """Return the results of all the work, done over as many connections as the server is asked by."""
        try:
            return each(work, items, CONNECTIONS, self._server.patience.answer)
        except TimeoutError:
            self._fault(RemoteError("it is too slow", final=True))
            return [None] * len(items)

    def _ask[R](self, question: Callable[[], R]) -> R | None:
        if self._off:
            return None
        try:
            return question()
        except RemoteError as error:
            self._fault(error)
            return None

    def _read[R](self, node: str, read: Callable[[], R]) -> R | None:
        """Return what was read of an entry; what is not as it should be counts as a fault."""
        try:
            return read()
        except ValueError as error:
            hint = "is this the URL of a cache? If it is, somebody else wrote that: see who may write there"
            what = "the files around the nodes" if node in ("", ".") else node
            self._fault(RemoteError(f"its entry for {what} is not usable: {error}", hint))
            return None

    def _fault(self, error: RemoteError) -> None:
        with self._lock:
            self._faults.append(error)
            # A build that may write replaces what is not as it should be; it must not give up before that.
            counted = sum(not (it.of_entry and self._writes) for it in self._faults)
            self._off = self._off or error.final or counted >= MOST_FAULTS
