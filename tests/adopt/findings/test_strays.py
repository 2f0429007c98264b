"""Words behind a comma without quotes."""

from __future__ import annotations

from pathlib import Path

from tests.adopt.findings.subjects import found


def test_words_that_yaml_takes_for_keys_are_told_at_their_entry(tmp_path: Path) -> None:
    text = """\
    name: a
    inputs:
      size: {type: int, description: how large, in bytes}
    env_dependencies:
      HOME: {required: true, description: 'quoted, and fine'}
      PATH: {required: true, description: where, and how}
    """

    assert found(tmp_path, {"a": text}) == [
        (
            "stray-words",
            "a/contract.yaml:3:9",
            "`in bytes` is a key of its own here: the comma before it ends the text",
        ),
        ("stray-words", "a/contract.yaml:6:9", "`and how` is a key of its own here: the comma before it ends the text"),
    ]


def test_keys_without_values_are_no_words(tmp_path: Path) -> None:
    assert found(tmp_path, {"a": "name: a\ninputs:\n  size: {type: int, default: , description: }\n"}) == []
    assert found(tmp_path, {"a": "name: a\ninputs: [a b]\noutputs: {x: text}\nenv_dependencies:\n"}) == []
