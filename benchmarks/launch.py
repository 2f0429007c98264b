"""Runs one command and prints what it took: wall and CPU time in seconds, peak memory in KiB, and how it ended.

This is a process of its own, since Linux counts the memory of whoever starts a process as that process's
peak, too: here that is as little as Python can be.
"""

import os
import sys
import time


def launch(folder: str, output: str, command: list[str]) -> str:
    """Run a command in a folder, with all that it says in a file, and return the figures."""
    os.chdir(folder)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    begun = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - begun
    return f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {os.waitstatus_to_exitcode(status)}"


if __name__ == "__main__":
    print(launch(sys.argv[1], sys.argv[2], sys.argv[3:]))
