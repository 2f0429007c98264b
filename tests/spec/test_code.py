"""Existing classes found by their source: nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from omnibuild.core.values import CodeClass, Field, Model, Place, Pointer, Problem, Ref, SharedSpec, Signature, Type
from omnibuild.spec.code import read_code

AT = Pointer("specs/old.yaml", 0, ("models", "Old"))


def look_up(source: str, files: Mapping[str, str]) -> CodeClass | Problem:
    """Return what is found of a class in a workspace with these files."""
    model = Model(Ref("old", "Old"), (), AT, source=source)
    spec = SharedSpec("old", Pointer("specs/old.yaml", 0, ()), "", (model,), (), ())
    found, problems = read_code(spec, files.get, lambda module, name: name == "There" if module == "lib" else None)
    return problems[0] if problems else found.code[0]


def found(source: str, files: Mapping[str, str]) -> CodeClass:
    it = look_up(source, files)
    assert isinstance(it, CodeClass), it
    return it


@pytest.mark.parametrize("file", ["old/models.py", "src/old/models.py", "old/models/__init__.py"])
def test_a_module_is_looked_for_in_both_folders(file: str) -> None:
    it = found("old.models:A", {file: "class A: ...\n"})

    assert it.definition == "old.models:A"
    assert [(module.name, module.file) for module in it.modules] == [("old.models", file)]


@pytest.mark.parametrize(
    "line",
    [
        "from old.inner import B as A",
        "from .inner import B as A",
        "from . import inner\nclass A(inner.B): ...",
        "import old.inner\nclass A(old.inner.B): ...",
        "try:\n    from old.inner import B as A\nexcept ImportError:\n    A = None",
    ],
)
def test_imports_are_followed_and_every_module_is_read(line: str) -> None:
    it = found("old:A", {"old/__init__.py": line, "old/inner.py": "class B: ...\n"})

    assert "old.inner:B" in (it.definition, *it.ancestors)
    assert [module.name for module in it.modules] == ["old", "old.inner"]


def test_a_method_may_be_inherited() -> None:
    classes = "class In: ...\nclass Out(In): ...\nclass B(A): ...\n"
    text = f"class A:\n    async def handle(self, request: 'In') -> Out: ...\n{classes}"

    assert found("old:B", {"old.py": text}).handle == Signature(
        Place("old.py", 2, 5), is_async=True, takes=("old:In",), gives=("old:Out", "old:In"), parameters=1
    )


@pytest.mark.parametrize(
    ("written", "takes"),
    [
        ("request", None),
        ("request: Model", ("lib:Model",)),
        ("request: lib.Model", ("lib:Model",)),
        ("request: Model | None", ()),
        ("request: list[Model]", ()),
        ("request: object", ("builtins:object",)),
        ("request: Alias", ()),
    ],
)
def test_what_a_handler_takes(written: str, takes: tuple[str, ...] | None) -> None:
    text = (
        f"import lib\nfrom lib import Model\nAlias = Model | None\n\nclass A:\n    def handle(self, {written}): ...\n"
    )

    it = found("old:A", {"old.py": text}).handle

    assert it is not None
    assert (it.takes, it.gives, it.is_async) == (takes, None, False)


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ("self, request", 1),
        ("self, request, more=1", 1),
        ("self, request, *, key", 2),
        ("self, request, *, key=None", 1),
        ("self, request, /", 1),
        ("self", 0),
    ],
)
def test_how_many_arguments_a_call_must_give(parameters: str, count: int) -> None:
    it = found("old:A", {"old.py": f"class A:\n    def handle({parameters}): ...\n"}).handle

    assert it is not None
    assert it.parameters == count


def test_classes_that_inherit_from_each_other_come_to_an_end() -> None:
    it = found("old:A", {"old.py": "class A(B): ...\nclass B(A): ...\n"})

    assert it.ancestors == ("old:B",)


def test_imports_in_a_circle_come_to_an_end() -> None:
    it = found("old:A", {"old.py": "from other import A\n", "other.py": "from old import A\n"})

    assert it.handle is None
    assert len(it.modules) == 2


def test_a_class_of_an_installed_package_has_no_file() -> None:
    assert found("lib:There", {}).modules == ()
    assert look_up("lib:Gone", {}) == Problem("reference", "there is no `Gone` in `lib`", AT.into(4))


def test_code_is_not_run() -> None:
    assert found("old:A", {"old.py": "raise SystemExit\nclass A: ...\n"}).definition == "old:A"


def test_what_is_missing() -> None:
    files = {"old.py": "class Model: ...\nVALUE = 1\n"}

    assert look_up("old:Modle", files) == Problem(
        "reference", "there is no `Modle` in old.py", AT.into(4), "did you mean `Model`?"
    )
    assert look_up("old:Xyz", files) == Problem(
        "reference", "there is no `Xyz` in old.py", AT.into(4), "old.py has Model"
    )
    assert isinstance(look_up("older:Model", files), Problem)
    broken = look_up("old:A", {"old.py": "class A(:\n"})
    assert isinstance(broken, Problem)
    assert broken.at == Place("old.py", 1, 9)


def test_a_function_that_makes_a_default_is_looked_for() -> None:
    files = {"old.py": "def made() -> str: ...\n"}

    assert found("old:made", files).definition == "old:made"
    missing = look_up("old:mad", files)
    assert isinstance(missing, Problem)
    assert (missing.at, missing.hint) == (AT.into(4), "did you mean `made`?")


def test_the_factory_of_a_field_is_a_reference() -> None:
    at = Pointer("specs/old.yaml", 0, ("models", "It", "a"))
    field = Field("a", Type("str"), at, required=False, factory="old:gone")
    model = Model(Ref("old", "It"), (field,), at)
    spec = SharedSpec("old", Pointer("specs/old.yaml", 0, ()), "", (model,), (), ())

    _, problems = read_code(spec, {"old.py": "def made() -> str: ...\n"}.get, lambda *_: None)

    assert [(it.message, it.at) for it in problems] == [("there is no `gone` in old.py", at.to("factory").into(4))]
