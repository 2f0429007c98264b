"""Where `omnibuild` starts. Whatever happens ends in an exit code here; nothing heavy is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line of this process and end it with the exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; an error of omnibuild's own becomes a report to paste."""
    from omnibuild.noop import answer

    nothing_to_do = answer(arguments)
    if nothing_to_do is not None and _say(nothing_to_do):
        return 0
    from omnibuild.cli import INTERRUPTED

    try:
        from omnibuild.cli.app import start

        _prepare()
        return start(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets something to paste
        from omnibuild.cli.crash import tell

        return tell(error, arguments)


def _say(text: str) -> bool:
    """Print a text; if that cannot be, the whole command is to run, and to end as it does when it cannot print."""
    try:
        if sys.stdout is not None:
            sys.stdout.write(text)
            sys.stdout.flush()
    except (OSError, ValueError):
        return False
    return True


def _prepare() -> None:
    """See that every stream leads somewhere, and that a request to end ends the child processes, too."""
    import os
    import signal
    from contextlib import suppress

    # A closed stream is None, and the next file that is opened would get its number.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: PTH123, SIM115
    with suppress(ValueError):  # not the main thread: signals are the business of whoever started it
        signal.signal(signal.SIGTERM, signal.default_int_handler)


if __name__ == "__main__":
    main()
