"""The command line: words in, text or JSON and an exit code out. One file a verb; nothing else in omnibuild prints."""

from __future__ import annotations

FINE = 0
PROBLEMS = 1
"""Something blocks: problems in specs, in `out/`, or in what a node did when it was run."""
USAGE = 2
"""The command line or the configuration is wrong; nothing was looked at."""
INTERNAL = 3
"""omnibuild itself is at fault."""
INTERRUPTED = 130
PIPE_CLOSED = 141
"""Whoever read the output has gone, as in `omnibuild list | head -1`; what a shell says of SIGPIPE."""
