"""Has omnibase-infra discover every contract below a folder; fails unless it accepts all of them."""

from __future__ import annotations

import sys
from pathlib import Path

from omnibase_infra.runtime.auto_wiring.discovery import discover_contracts_from_paths


def main() -> int:
    """Read the contracts below the folder that is named, and say what became of each."""
    paths = sorted(Path(sys.argv[1]).rglob("contract.yaml"))
    found = discover_contracts_from_paths(paths)
    for contract in found.contracts:
        print(f"accepted  {contract.name} {contract.node_version}")
    for refused in (*found.errors, *found.skips):
        print(f"REFUSED   {refused}")
    print(f"{len(found.contracts)} of {len(paths)} contracts accepted")
    return 0 if paths and len(found.contracts) == len(paths) and not found.errors and not found.skips else 1


if __name__ == "__main__":
    sys.exit(main())
