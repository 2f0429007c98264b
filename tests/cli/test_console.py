"""What people read: problems, their lines, the sentence at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnibuild.cli.console import Console, excerpt, harmless, summary, width
from omnibuild.cli.report import skipped
from omnibuild.core.values import Level, Outcome, Place, Problem, Status


def shown(capsys: pytest.CaptureFixture[str], root: Path, problem: Problem) -> str:
    Console(root, color=False).problems([problem])
    return capsys.readouterr().out


def test_a_problem_has_place_level_code_line_caret_and_hint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("node: a\ninptu: {x: int}\n")
    place = Place("a.yaml", 2, 1)
    problem = Problem("unknown-key", "the key `inptu` means nothing here", place, "did you mean `input`?", "a")
    assert shown(capsys, tmp_path, problem) == (
        "a.yaml:2:1: error[unknown-key]: the key `inptu` means nothing here\n"
        "    2 | inptu: {x: int}\n"
        "      | ^\n"
        "  hint: did you mean `input`?\n"
        "\n"
    )


def test_the_node_is_named_where_the_rest_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "several.yaml").write_text("x\n")
    problem = Problem("G7", "the description is short", Place("several.yaml", 1, 1), node="pricer", level=Level.WARN)
    text = shown(capsys, tmp_path, problem)
    assert "warning[G7]" in text
    assert "node: pricer" in text


def test_without_a_place_the_node_stands_in_front(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, tmp_path, Problem("G13", "mypy failed", node="pricer")).startswith("pricer: error[G13]: mypy")


@pytest.mark.parametrize("place", [Place("gone.yaml", 3, 1), Place("a.yaml", 99, 1), Place("a.yaml", 0, 0)])
def test_a_place_that_is_not_there_has_no_line(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text("x\n")
    assert " | " not in shown(capsys, tmp_path, Problem("yaml", "wrong", place))


def test_yaml_counts_other_line_ends_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_bytes("\ufeffone: 1\r\ntwo:\u2028 2\nthree: 3\n".encode())
    assert "    4 | three: 3" in shown(capsys, tmp_path, Problem("yaml", "wrong", Place("a.yaml", 4, 1)))


def test_nothing_that_a_terminal_obeys_gets_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("a: \x1b[2J\n")
    text = shown(capsys, tmp_path, Problem("yaml", "bad \x1b]0;title\x07", Place("a.yaml", 1, 4), "\x9b31m"))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(
    ("line", "column", "caret"),
    [
        ("input: x", 8, 7),
        ("\tinput", 2, 4),
        ("日本: x", 5, 6),
        ("e\u0301: x", 5, 3),
        ("short", 9, 8),
    ],
)
def test_the_caret_stands_below_the_column(line: str, column: int, caret: int) -> None:
    assert excerpt(line, column, 100)[1] == caret


@pytest.mark.parametrize("column", [1, 100, 250, 500])
def test_a_long_line_is_cut_around_the_column(column: int) -> None:
    line = "".join(chr(ord("a") + number % 26) for number in range(500))
    text, caret = excerpt(line, column, 80)
    assert width(text) <= 80
    assert text[caret] == line[column - 1]


def test_harmless_keeps_lines_and_letters() -> None:
    assert harmless("ü\n\tx\x00") == "ü\n    x\ufffd"


def test_what_blocks_comes_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    levels = (Level.BLOCK, Level.WARN, Level.BLOCK, Level.WARN)
    problems = [Problem(str(number), "wrong", level=it) for number, it in enumerate(levels)]
    Console(tmp_path, color=False).problems(problems)
    heads = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if line]
    assert heads == ["warning[1]", "warning[3]", "error[0]", "error[2]"]


def test_a_place_is_written_as_editors_read_it() -> None:
    assert str(Place("specs/a.yaml", 3, 14)) == f"{Place('specs/a.yaml', 3, 14)}" == "specs/a.yaml:3:14"


def test_skipped_nodes_are_told_by_their_reasons() -> None:
    needs = ("spec.logic changed", "it needs a node that has problems")
    outcomes = [Outcome("a", Status.SKIPPED, needs), Outcome("b", Status.FAILED), Outcome("c", Status.SKIPPED, needs)]
    outcomes += [Outcome(f"n{number}", Status.SKIPPED, ("nothing is written",)) for number in range(9)]
    assert list(skipped(outcomes)) == [
        "skipped   a, c  (it needs a node that has problems)",
        "skipped   n0, n1, n2, n3, n4 and 4 more  (nothing is written)",
    ]


def test_files_that_cannot_be_read_are_counted() -> None:
    problems = [
        Problem("yaml", "no", Place("a.yaml", 1, 1)),
        Problem("yaml", "no", Place("a.yaml", 2, 1)),
        Problem("encoding", "no", Place("b.yaml", 1, 1)),
        Problem("yaml", "too deep", Place("c.yaml", 1, 1), node="c"),
    ]
    assert summary([], problems) == "0 nodes; 2 files not read; 4 problems"
    assert summary([], problems[:1]) == "0 nodes; 1 file not read; 1 problem"


def test_the_sentence_at_the_end() -> None:
    outcomes = [Outcome(str(it), Status.UP_TO_DATE) for it in range(5)]
    outcomes += [Outcome("a", Status.BUILT), Outcome("b", Status.BUILT)]
    problems = [Problem("x", "x"), Problem("y", "y", level=Level.WARN), Problem("z", "z", level=Level.WARN)]
    assert summary(outcomes, problems) == "7 nodes: 2 built, 5 up-to-date; 1 problem, 2 warnings"
    assert summary(outcomes[:1], []) == "1 node: 1 up-to-date"
    assert summary([], []) == "0 nodes"


@pytest.mark.parametrize("file", ["../secret", "link"])
def test_no_line_of_a_file_outside_the_workspace_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    (tmp_path / "secret").write_text("SECRET\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root/link").symlink_to(tmp_path / "secret")

    assert "SECRET" not in shown(capsys, tmp_path / "root", Problem("x", "it is wrong", Place(file, 1, 1)))
