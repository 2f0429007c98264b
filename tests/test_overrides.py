"""A workspace's own templates: what they may change, and where their mistakes are told."""

from __future__ import annotations

import pytest

from tests.conftest import Make
from tests.workspaces import PRICER, Sandbox, blocking, built, told

HOME = "out/src/acme/nodes/node_pricer_compute"
LICENCE = (
    "{% block header %}\n# Copyright 2026 Acme. All rights reserved.\n# SPDX-License-Identifier: MIT\n{% endblock %}\n"
)


@pytest.fixture
def pricer(make: Make) -> Sandbox:
    return make({"specs/pricer.yaml": PRICER})


def override(sandbox: Sandbox, name: str, text: str) -> None:
    sandbox.write(f"templates/{name}", text)


def test_a_header_stands_at_the_top_of_every_python_file(pricer: Sandbox) -> None:
    override(pricer, "header.py.j2", LICENCE)

    assert pricer.build().ok

    files = sorted(pricer.out.rglob("*.py"))
    tops = {"\n".join(it.read_text().splitlines()[:3]) for it in files}
    assert len(files) == 12
    assert tops == {"# Copyright 2026 Acme. All rights reserved.\n# SPDX-License-Identifier: MIT\n"}
    assert pricer.read(f"{HOME}/__init__.py").splitlines()[3] == '"""Price a number of pieces at one price."""'
    assert not pricer.read("out/pyproject.toml").startswith("#")


def test_a_new_header_rebuilds_everything(pricer: Sandbox) -> None:
    pricer.build()
    override(pricer, "header.py.j2", LICENCE)

    report = pricer.build()

    assert built(report) == {"pricer"}
    assert report.outcomes["pricer"].because == ("template header.py.j2 changed",)


def test_a_block_of_contract_yaml_can_be_extended(pricer: Sandbox) -> None:
    override(
        pricer,
        "contract.yaml.j2",
        '{% extends "omnibuild/contract.yaml.j2" %}\n'
        "{% block header %}\n# The contract of {{ node }}; its owner is the sales team.\n{% endblock %}\n",
    )

    assert pricer.build().ok

    text = pricer.read(f"{HOME}/contract.yaml")
    assert text.startswith("# The contract of pricer; its owner is the sales team.\nname: node_pricer_compute\n")
    assert text.count("node_type: COMPUTE_GENERIC") == 1


def test_a_block_can_keep_what_it_stands_for(pricer: Sandbox) -> None:
    override(
        pricer,
        "pyproject.toml.j2",
        '{% extends "omnibuild/pyproject.toml.j2" %}\n'
        "{% block tools %}\n{{ super() }}\n[tool.coverage.run]\nbranch = true\n{% endblock %}\n",
    )

    assert pricer.build().ok
    text = pricer.read("out/pyproject.toml")
    assert "[tool.coverage.run]\nbranch = true\n" in text
    assert "[tool.mypy]\nstrict = true\n" in text


def test_a_whole_template_can_be_replaced(pricer: Sandbox) -> None:
    override(
        pricer,
        "metadata.yaml.j2",
        "{% block header %}{% endblock %}\n{% block metadata %}\nname: {{ metadata.name }}\n{% endblock %}\n",
    )

    assert pricer.build().ok
    assert pricer.read(f"{HOME}/metadata.yaml").strip() == "name: node_pricer_compute"


def test_a_block_that_does_not_exist_is_told_at_its_line(pricer: Sandbox) -> None:
    override(
        pricer, "contract.yaml.j2", '{% extends "omnibuild/contract.yaml.j2" %}\n\n{% block haeder %}\n{% endblock %}\n'
    )

    report = pricer.build()

    assert told(report) == [("templates/contract.yaml.j2:3:1", "G5")]
    assert blocking(report)[0].message == "omnibuild/contract.yaml.j2 has no block `haeder`"
    assert blocking(report)[0].hint == "did you mean `header`?"
    assert not pricer.out.exists()


def test_a_block_that_is_missing_is_told(pricer: Sandbox) -> None:
    override(pricer, "contract.yaml.j2", "{% block header %}\n{% endblock %}\n{{ contract | yaml }}\n")

    (problem,) = blocking(pricer.build())

    assert problem.message == "this template lacks the block `contract`"
    assert problem.hint == 'begin it with {% extends "omnibuild/contract.yaml.j2" %} to keep what you do not override'


@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        (
            "contract.yaml.j2",
            '{% extends "omnibuild/contract.yaml.j2" %}\n{% block header %}\n# one\n# {{ nodes }}\n{% endblock %}\n',
            "templates/contract.yaml.j2:4:1",
            "the template contract.yaml.j2 cannot be rendered: 'nodes' is undefined",
        ),
        (
            "contract.yaml.j2",
            '{% extends "omnibuild/contract.yaml.j2" %}\n{% block header %}\n{{ 1 / 0 }}\n{% endblock %}\n',
            "templates/contract.yaml.j2:3:1",
            "the template contract.yaml.j2 cannot be rendered: division by zero",
        ),
        (
            "metadata.yaml.j2",
            '{% extends "omnibuild/metadata.yaml.j2" %}\n{% block header %}\n# {{ metadata.owner }}\n{% endblock %}\n',
            "templates/metadata.yaml.j2:3:1",
            "the template metadata.yaml.j2 cannot be rendered: 'dict object' has no attribute 'owner'",
        ),
        (
            "pyproject.toml.j2",
            '{% extends "omnibuild/pyproject.toml.j2" %}\n{% block project %}\n\n{{ packages }}\n{% endblock %}\n',
            "templates/pyproject.toml.j2:4:1",
            "the template pyproject.toml.j2 cannot be rendered: 'packages' is undefined",
        ),
        (
            "header.py.j2",
            "{% block header %}\n# {{ year }}\n{% endblock %}\n",
            "templates/header.py.j2:2:1",
            "the template header.py.j2 cannot be rendered: 'year' is undefined",
        ),
        (
            "contract.yaml.j2",
            '{% extends "omnibuild/contract.yaml.j2" %}\n{% block header %}\n{% if %}\n{% endblock %}\n',
            "templates/contract.yaml.j2:3:1",
            "the template contract.yaml.j2 is not Jinja2: Expected an expression, got 'end of statement block'",
        ),
        (
            "contract.yaml.j2",
            '{% extends "omnibuild/contracts.yaml.j2" %}\n',
            "templates/contract.yaml.j2:1:1",
            "the template contract.yaml.j2 wants a template `omnibuild/contracts.yaml.j2` that does not exist",
        ),
    ],
)
def test_a_mistake_is_told_at_the_template_s_own_line(
    pricer: Sandbox, name: str, text: str, place: str, message: str
) -> None:
    override(pricer, name, text)

    report = pricer.build()

    assert told(report) == [(place, "G5")]
    assert [it.message for it in blocking(report)] == [message]
    assert not pricer.out.exists()


def test_what_a_template_can_use_is_in_the_hint(pricer: Sandbox) -> None:
    override(
        pricer,
        "contract.yaml.j2",
        '{% extends "omnibuild/contract.yaml.j2" %}\n{% block header %}\n# {{ nodes }}\n{% endblock %}\n',
    )

    assert blocking(pricer.build())[0].hint == "it can use contract, metadata, node"


def test_a_contract_that_is_spoilt_by_its_template_is_not_written(pricer: Sandbox) -> None:
    override(
        pricer,
        "contract.yaml.j2",
        '{% extends "omnibuild/contract.yaml.j2" %}\n{% block contract %}\nname: pricer\n{% endblock %}\n',
    )

    report = pricer.build()

    assert {it.code for it in blocking(report)} == {"G16"}
    assert not pricer.out.exists()


def test_a_template_of_another_node_s_kind_or_of_no_use_changes_nothing(pricer: Sandbox) -> None:
    pricer.build()
    before = pricer.tree()
    override(pricer, "notes.txt.j2", "{{ whatever }}")

    report = pricer.build()

    assert report.ok
    assert built(report) == set()
    assert pricer.tree() == before


def test_what_a_template_includes_counts(pricer: Sandbox) -> None:
    override(pricer, "header.py.j2", '{% block header %}\n{% include "licence.txt" %}\n{% endblock %}\n')
    override(pricer, "licence.txt", "# Licence one.\n")
    pricer.build()
    override(pricer, "licence.txt", "# Licence two.\n")

    assert built(pricer.build()) == {"pricer"}
    assert pricer.read(f"{HOME}/node.py").startswith("# Licence two.\n\n")
