"""Which existing classes generated code could import where a workspace is built."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from omnibuild.adapters.folder import FolderInputs
from omnibuild.adapters.symbols import InstalledOnex
from omnibuild.core.values import Settings
from omnibuild.drafting import GENERATED_PACKAGES
from omnibuild.spec.code import existing


def importable(root: Path, settings: Settings) -> Callable[[str], bool]:
    """Return what says of `module:Class` whether a spec may refer to it.

    It may where the class is the workspace's own code, or of a distribution that generated packages depend on and that
    is installed beside omnibuild.
    """
    installed, is_own = InstalledOnex(), existing(FolderInputs(root, settings.specs).text)
    declared = GENERATED_PACKAGES.union(*map(installed.modules, settings.dependencies))

    def check(source: str) -> bool:
        module, _, name = source.partition(":")
        if any(it.startswith("_") for it in (*module.split("."), name)):
            return False  # nobody else's to import
        return is_own(source) or (module.partition(".")[0] in declared and installed.has(module, name) is True)

    return check
