from __future__ import annotations

from dataclasses import replace

from omnibuild.core.values import NodeSpec, Problem
from omnibuild.gates.g10_class_names import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HANDLER, HOME, LINE, edited, shared, with_file, with_spec

_HINT = "names follow from the spec's; a template of the workspace or a change by hand may have broken one"


def test_promised_names_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


def test_a_class_with_another_name_is_stopped(sound: NodeSubject) -> None:
    assert list(check(edited(sound, LINE, "class ModelOrderLine", "class OrderLine"))) == [
        Problem(
            "G10",
            "`models/model_order_line.py` holds `OrderLine`, not `ModelOrderLine`",
            AT.to("models", "OrderLine"),
            _HINT,
        ),
        Problem("G10", "no file holds the class `ModelOrderLine` of `OrderLine`", AT.to("models", "OrderLine"), _HINT),
    ]


def test_a_model_file_holds_one_class(sound: NodeSubject) -> None:
    two = with_file(sound, LINE, sound.draft.files[LINE] + "\n\nclass ModelOther:\n    pass\n")

    assert [it.message for it in check(two)] == [
        "`models/model_order_line.py` holds `ModelOrderLine`, `ModelOther`, but should hold `ModelOrderLine` alone"
    ]


def test_the_handler_has_its_class(sound: NodeSubject) -> None:
    assert list(check(edited(sound, HANDLER, "class HandlerOrderPricer", "class OrderPricer"))) == [
        Problem(
            "G10",
            "`handlers/handler_order_pricer.py` holds `OrderPricer`, but not `HandlerOrderPricer`",
            AT.to("logic"),
            _HINT,
        )
    ]


def test_node_and_handler_files_are_there(sound: NodeSubject) -> None:
    bare = with_file(with_file(sound, HANDLER, None), f"{HOME}/node.py", None)

    assert [it.message for it in check(bare)] == [
        "`node.py` is missing, which should hold `NodeOrderPricerCompute`",
        "`handlers/handler_order_pricer.py` is missing, which should hold `HandlerOrderPricer`",
    ]


def test_a_handler_by_reference_needs_no_file(sound: NodeSubject) -> None:
    def by_reference(spec: NodeSpec) -> NodeSpec:
        return replace(spec, sections=(*spec.sections, ("handler", "0")))

    assert list(check(with_spec(with_file(sound, HANDLER, None), by_reference))) == []


def test_the_folder_has_the_node_s_name(sound: NodeSubject) -> None:
    files = {file.replace("_compute/", "_effect/"): text for file, text in sound.draft.files.items()}

    found = list(check(replace(sound, draft=replace(sound.draft, files=files))))

    assert found[0] == Problem(
        "G10",
        "the folder `nodes/node_order_pricer_effect` should be `nodes/node_order_pricer_compute`",
        AT,
        _HINT,
    )


def test_shared_documents_have_a_folder_too(sound: NodeSubject) -> None:
    files = {"src/acme/shared/money/models/model_amount.py": "class ModelAmount:\n    pass\n"}
    money = replace(sound, spec=shared(), draft=replace(sound.draft, files=files))

    assert list(check(money)) == []
    assert [it.message for it in check(replace(money, draft=replace(sound.draft, files={})))] == [
        "the folder `shared/money` is missing",
        "no file holds the class `ModelAmount` of `Amount`",
    ]
