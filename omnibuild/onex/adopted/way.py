"""A node whose contract and code were there before its spec: the code stays, and the contract is what it was."""

from __future__ import annotations

from omnibuild.onex.way import Way

WAY = Way(
    check=lambda spec, names: (),  # noqa: ARG005 - its code is not omnibuild's to judge
    handler=lambda spec, names: None,  # noqa: ARG005 - there is one already
    is_async=lambda spec: False,  # noqa: ARG005 - nobody calls it by way of generated code
    tests=lambda spec, names: None,  # noqa: ARG005 - they stay where they are
    is_kept=True,
)
