from __future__ import annotations

from pathlib import Path

from omnibuild.adapters.templates import TemplateFolders, builtin_folder
from omnibuild.core.ports import TemplateSource, TemplateSources


def folders(root: Path) -> TemplateSources:
    (root / "package/node").mkdir(parents=True)
    (root / "package/node/readme.md.j2").write_text("built in")
    (root / "templates/node").mkdir(parents=True)
    (root / "templates/node/readme.md.j2").write_text("own")
    (root / "templates/extra.j2").write_text("extra")
    (root / "templates/extra.j2~").write_text("backup")
    (root / "templates/.hidden").write_text("hidden")
    return TemplateFolders(root / "package", root / "templates", root)


def test_both_sources_say_where_a_template_stands(tmp_path: Path) -> None:
    templates = folders(tmp_path)

    assert templates.builtin("node/readme.md.j2") == TemplateSource("built in", "templates/node/readme.md.j2")
    assert templates.override("node/readme.md.j2") == TemplateSource("own", "templates/node/readme.md.j2")
    assert templates.builtin("extra.j2") is None
    assert templates.override("node") is None


def test_overrides_are_listed_without_backups(tmp_path: Path) -> None:
    assert folders(tmp_path).overrides() == ["extra.j2", "node/readme.md.j2"]


def test_a_workspace_without_templates_overrides_nothing(tmp_path: Path) -> None:
    assert TemplateFolders(tmp_path / "a", tmp_path / "b", tmp_path).overrides() == []


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    templates = folders(tmp_path)

    assert templates.builtin("../secret") is None
    assert templates.override(str(tmp_path / "secret")) is None


def test_the_built_in_templates_override_nothing(tmp_path: Path) -> None:
    folders(tmp_path)
    templates = TemplateFolders(tmp_path / "templates", tmp_path / "templates", tmp_path)

    assert templates.overrides() == ()
    assert templates.override("extra.j2") is None
    assert templates.builtin("extra.j2") == TemplateSource("extra", "templates/extra.j2")


def test_the_repository_has_its_templates_at_the_top() -> None:
    assert builtin_folder() == Path(__file__).resolve().parents[2] / "templates"
