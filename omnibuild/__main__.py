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
    if nothing_to_do is not None:
        sys.stdout.write(nothing_to_do)
        return 0
    from omnibuild.cli import INTERRUPTED

    try:
        from omnibuild.cli.app import start

        return start(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, the user gets something to paste
        from omnibuild.cli.crash import tell

        return tell(error, arguments)


if __name__ == "__main__":
    main()
