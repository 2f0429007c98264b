"""omnibuild turns YAML node specs into typed, tested Python packages of ONEX nodes.

`Workspace.open(path).build()` does in Python what `omnibuild build` does on the command line.
"""

from __future__ import annotations

TYPE_CHECKING = False
"""As typing.TYPE_CHECKING, whose module takes longer to import than a build with nothing to do."""

if TYPE_CHECKING:
    from omnibuild.core.values import Outcome, Problem, Report
    from omnibuild.workspace import ConfigurationError, Workspace

__all__ = ["ConfigurationError", "Outcome", "Problem", "Report", "Workspace", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load what is asked for when it is asked for: `import omnibuild` costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = "omnibuild.workspace" if name in ("ConfigurationError", "Workspace") else "omnibuild.core.values"
    return getattr(import_module(home), name)
