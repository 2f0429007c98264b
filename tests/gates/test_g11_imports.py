from __future__ import annotations

import pytest

from omnibuild.core.values import Place, Problem
from omnibuild.gates.g11_imports import check
from omnibuild.gates.gate import NodeSubject
from tests.gates.subjects import AT, HANDLER, HOME, edited, with_body, with_file

_IMPORT = "from decimal import Decimal\n"
_REMOVE = "remove the import"
_PRIVATE = "use what the module offers without a leading underscore"


def test_declared_and_used_imports_pass(sound: NodeSubject) -> None:
    assert list(check(sound)) == []


@pytest.mark.parametrize(
    ("statement", "message", "hint"),
    [
        (
            "import requests\nrequests.get",
            "`requests` is not a declared dependency",
            'declare its distribution in omnibuild.toml: `[workspace] dependencies = ["requests"]`',
        ),
        (
            "import datetme\ndatetme.date",
            "`datetme` is not a declared dependency",
            (
                "did you mean `datetime`? If not, declare its distribution in omnibuild.toml: "
                '`[workspace] dependencies = ["datetme"]`'
            ),
        ),
        ("import os", "`os` is imported but not used", _REMOVE),
        ("from uuid import UUID, uuid4\nUUID", "`uuid4` is imported but not used", _REMOVE),
        ("from .models import X\nX", "the import from `.models` is relative", "write the module's full name"),
        ("from os import *", "`from os import *` does not say what it imports", "name what is used of it"),
        ("from os import _exit\n_exit", "`_exit` of `os` is private", _PRIVATE),
        ("import pydantic._internal\npydantic", "`_internal` of `pydantic._internal` is private", _PRIVATE),
        ("import os\nos._exit(1)", "`_exit` of `os` is private", _PRIVATE),
        (
            "from acme.nodes.node_order_pricr_compute import models\nmodels",
            "no node of the workspace generates `acme.nodes.node_order_pricr_compute`",
            "did you mean `node_order_pricer_compute`?",
        ),
        (
            "from acme.shared import weights\nweights",
            "no shared document of the workspace generates `acme.shared.weights`",
            "write the spec of the shared document first",
        ),
    ],
)
def test_any_other_import_is_stopped(sound: NodeSubject, statement: str, message: str, hint: str) -> None:
    assert list(check(edited(sound, HANDLER, _IMPORT, f"{_IMPORT}{statement}\n"))) == [
        Problem("G11", message, AT.to("logic"), hint)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "from acme.shared.money import ModelAmount\nModelAmount",
        "from acme.legacy import models\nmodels",
        'from uuid import UUID\nx: "UUID | None" = None',
        'from uuid import UUID\ndef f(x: "list[UUID]") -> None: ...',
        'from uuid import UUID\ndef f() -> "UUID": ...',
        "from uuid import UUID as UUID",
        "import readline  # noqa: F401",
        'from uuid import UUID\n__all__ = ["UUID"]',
        "import os.path\nos.path",
        "from __future__ import annotations",
        "import os\nos.__name__",
    ],
)
def test_these_are_used(sound: NodeSubject, statement: str) -> None:
    assert list(check(edited(sound, HANDLER, _IMPORT, f"{_IMPORT}{statement}\n"))) == []


def test_an_init_offers_what_it_imports_unless_it_says_what_it_offers(sound: NodeSubject) -> None:
    file = f"{HOME}/handlers/__init__.py"
    offering = with_file(sound, file, "from uuid import UUID, uuid4\n")
    choosing = with_file(sound, file, 'from uuid import UUID, uuid4\n\n__all__ = ["UUID"]\n')

    assert list(check(offering)) == []
    assert [it.message for it in check(choosing)] == ["`uuid4` is imported but not used"]


def test_a_wrong_module_is_told_once(sound: NodeSubject) -> None:
    statement = "from requests import get, post\nget, post\n"

    assert len(list(check(edited(sound, HANDLER, _IMPORT, f"{_IMPORT}{statement}")))) == 1


def test_an_import_of_a_body_is_reported_there(sound: NodeSubject) -> None:
    body = "import json\nfrom os import path, sep\n\n\ndef handle(request):\n    return json, sep\n"
    generated = (
        '"""Price."""\n\nimport json\nfrom os import path, sep\n\n\n'
        "class HandlerOrderPricer:\n    def handle(self, request):\n        return json, sep\n"
    )

    (found,) = check(with_body(sound, body, generated))

    assert found.at == Place("specs/order_pricer.py", 2, 16)
    assert found.message == "`path` is imported but not used"
