from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import Problem
from omnibuild.gates.g05_templates import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, CONTRACT, HOME, shared, with_file, with_spec

_HINT = "look at the workspace's own templates in templates/"


def test_rendered_files_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_a_missing_file_is_stopped(sound: NodeSubject) -> None:
    assert list(check(with_file(sound, CONTRACT, None))) == [
        Problem("G5", "no template made `contract.yaml`", AT, _HINT)
    ]


def test_an_empty_file_is_stopped(sound: NodeSubject) -> None:
    assert list(check(with_file(sound, f"{HOME}/metadata.yaml", " \n"))) == [
        Problem("G5", "the template of `metadata.yaml` rendered to nothing", AT, _HINT)
    ]


def test_what_is_left_unrendered_is_stopped(sound: NodeSubject) -> None:
    left = with_file(sound, CONTRACT, "description: {{ node.description }}\n")

    assert list(check(left)) == [
        Problem(
            "G5",
            "`contract.yaml` still holds `{{ node.description }}`, which should have been rendered",
            AT,
            _HINT,
        )
    ]
    own = with_spec(left, lambda spec: replace(spec, description="Fill {{ node.description }} in."))
    assert list(check(own)) == []


def test_shared_documents_have_no_contract(sound: NodeSubject) -> None:
    files = {"src/acme/shared/money/py.typed": "", "src/acme/shared/money/__init__.py": ""}

    assert list(check(replace(sound, spec=shared(), draft=replace(sound.draft, files=files)))) == []
