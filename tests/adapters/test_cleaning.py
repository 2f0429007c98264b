from __future__ import annotations

from pathlib import Path

from omnibuild.adapters.cleaning import clean_cache
from omnibuild.adapters.lock import locked
from omnibuild.adapters.stage import StageFolder


def test_all_that_omnibuild_makes_goes(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    StageFolder(cache).lay({"a": "1"})
    (cache / "state").write_text("")
    with locked(cache, lambda: None):
        pass
    assert clean_cache(cache) == ()
    assert not cache.exists()


def test_a_stage_that_is_the_users_own_stays(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "stage").mkdir(parents=True)
    (cache / "stage/thesis").write_text("mine")
    StageFolder(cache).lay({"a": "1"})
    assert (cache / "stage-1/a").exists()
    assert clean_cache(cache) == ("stage",)
    assert (cache / "stage/thesis").read_text() == "mine"
