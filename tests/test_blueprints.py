"""Blueprints: what the recipes make, that it runs, and where the problems in it are told."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from typing import Any

import pytest

from omnibuild.core.values import Json, Mode, Status
from tests.conftest import Make
from tests.postgres import postgres
from tests.workspaces import CHAIN, Sandbox, blocking, built, place, statuses, told

USER = """\
blueprint: user
recipe: crud
model: {id: UUID, email: {type: str, pattern: "^[^@]+@[^@]+$"}, created_at: datetime}
store: {url: env.DATABASE_URL, table: users, key: id}
"""
MADE = ("user", "user_api", "user_reader", "user_remover", "user_validator", "user_writer")

EVERYTHING = """\
blueprint: order
recipe: crud
enums: {Status: [open, paid]}
model:
  number: {type: int, gt: 0}
  status: {type: Status, default: open}
  total: {type: Decimal, ge: 0}
  note: str | None
  offset: {type: float | None, default: null}
  due: date | None
  at: {type: datetime | None, default: null}
  took: timedelta
  paid: bool
  site: HttpUrl
  customer: {type: str, min_length: 3}
  size: 'Literal["s", "m"]'
  where: {type: str, pattern: "^Q{3}$"}
store: {url: env.ORDERS_URL, table: order, key: number}
rules: {the total is odd: order.total % 2 == 0}
example: {total: "2.0", where: QQQ, took: PT5M, note: "it's \\"fine\\""}
"""
"""A column of every type, and names that SQL has for itself."""

PAID = """\
blueprint: order_paid
recipe: event_handler
consumes: onex.evt.sales.order-paid.v1
external: true
event: {order_id: UUID, total: Decimal}
accept: {the total is not positive: total > 0}
env: {WAREHOUSE_URL: {required: true}}
operations:
  - http: {method: POST, url: "f'{env.WAREHOUSE_URL}/orders'", json: {id: str(order_id)}}
examples:
  - name: a paid order
    given: {http: {WAREHOUSE_URL: [{method: POST, path: /orders, status: 200, json: {}}]}}
    input: {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "9.00"}
  - name: nothing was paid
    given: {http: {WAREHOUSE_URL: []}}
    input: {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "0"}
    output: {handled: false}
    then:
      publish:
        onex.dlq.acme.order-paid-rejected.v1:
          - {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "0", reasons: [the total is not positive]}
"""
INTAKE = """\
blueprint: intake
recipe: api_endpoint
calls: order_paid_handler
request: {order_id: UUID, total: Decimal}
rules: {the total is not positive: total > 0}
example: {order_id: 7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11, total: "9.00"}
answer: {handled: true}
"""


def run_tests(sandbox: Sandbox) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=sandbox.out,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


# ------------------------------------------------------------------------------------------- crud

KEEP = """
import asyncio, importlib, json, sys

name, key = sys.argv[1:]

def handler(node, kind):
    handlers = importlib.import_module(f"acme.nodes.node_{name}_{node}_{kind}.handlers")
    models = importlib.import_module(f"acme.nodes.node_{name}_{node}_{kind}.models")
    stem = f"{name}_{node}".title().replace("_", "")
    return getattr(handlers, f"Handler{stem}")(), getattr(models, f"Model{stem}Input")

async def main():
    api, request = handler("api", "orchestrator")
    answers = [(await api.handle(request.model_validate({name: it}))).model_dump(mode="json") for it in rows]
    await api.aclose()
    remover, request = handler("remover", "effect")
    answers.append((await remover.handle(request.model_validate({key: rows[0][key]}))).model_dump())
    await remover.aclose()
    print(json.dumps(answers))

rows = json.load(sys.stdin)
asyncio.run(main())
"""
"""Stores rows through the API, as its users would, and removes the first of them."""


def keep(sandbox: Sandbox, name: str, key: str, environment: dict[str, str], rows: list[Json]) -> Any:
    """Return what the API answers for each row, and the remover for the first, on a real database."""
    done = subprocess.run(
        [sys.executable, "-c", KEEP, name, key],
        cwd=sandbox.out / "src",
        env=environment,
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ADA: dict[str, Json] = {
    "id": "7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11",
    "email": "ada@example.org",
    "created_at": "2026-01-31T12:00:00Z",
}
ROWS: list[Json] = [ADA, {**ADA, "created_at": "2026-01-31T12:00:00"}, {**ADA, "email": "ada@example.com"}]
ANSWERS = [
    {"accepted": True, "reasons": [], "user": ADA},
    {"accepted": False, "reasons": ["created_at has no time zone"], "user": None},
    {"accepted": True, "reasons": [], "user": {**ADA, "email": "ada@example.com"}},
    {"removed": True},
]


def test_three_fields_are_validated_written_and_read_on_a_real_database(checked: Make) -> None:
    sandbox = checked({"specs/user.yaml": USER})

    report = sandbox.build(mode=Mode.BALANCED)

    assert blocking(report) == []
    assert tuple(report.outcomes) == MADE
    run_tests(sandbox)
    database = sandbox.root / "users.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute(sandbox.command("expand", "user", "--ddl").stdout)
    assert keep(sandbox, "user", "id", {"DATABASE_URL": f"sqlite+aiosqlite:///{database}"}, ROWS) == ANSWERS
    assert sqlite3.connect(database).execute("select count(*) from users").fetchone() == (0,)


ORDER: dict[str, Json] = {
    "number": 7,
    "status": "paid",
    "total": "2.00",
    "note": None,
    "offset": 0.1,
    "due": "2026-02-28",
    "at": "2026-01-31T12:00:00.000001Z",
    "took": "PT0.5S",
    "paid": True,
    "site": "https://example.org/",
    "customer": "Ada",
    "size": "s",
    "where": "QQQ",
}
"""A row with what is lost most easily: digits, a zone, microseconds, nothing at all."""


def test_rows_come_back_as_they_were_from_either_database(make: Make) -> None:
    import asyncpg  # type: ignore[import-untyped]

    sandbox = make({"specs/user.yaml": USER, "specs/order.yaml": EVERYTHING})
    assert sandbox.build().ok
    tables = [sandbox.command("expand", name, "--ddl").stdout for name in ("user", "order")]
    database = sandbox.root / "all.sqlite"
    with sqlite3.connect(database) as connection:
        for it in tables:
            connection.execute(it)
    stored = {"accepted": True, "reasons": [], "order": ORDER}
    environment = {"ORDERS_URL": f"sqlite+aiosqlite:///{database}"}

    assert keep(sandbox, "order", "number", environment, [ORDER]) == [stored, {"removed": True}]

    async def create(url: str) -> None:
        connection = await asyncpg.connect(url)
        for it in tables:
            await connection.execute(it)
        await connection.close()

    with postgres() as url:
        asyncio.run(create(url))
        through = url.replace("postgresql://", "postgresql+asyncpg://")
        assert keep(sandbox, "user", "id", {"DATABASE_URL": through}, ROWS) == ANSWERS
        assert keep(sandbox, "order", "number", {"ORDERS_URL": through}, [ORDER]) == [stored, {"removed": True}]


def test_every_type_of_column(checked: Make) -> None:
    sandbox = checked({"specs/order.yaml": EVERYTHING})

    report = sandbox.build(mode=Mode.BALANCED)

    assert [(it.code, it.message) for it in report.problems if it.code != "G8"] == []
    ruff = [sys.executable, "-m", "ruff", "check", "."]
    assert subprocess.run(ruff, cwd=sandbox.out, check=False, capture_output=True).returncode == 0


def test_what_is_printed_is_what_is_built(make: Make) -> None:
    sandbox = make({"specs/user.yaml": USER})
    assert sandbox.build().ok
    before = sandbox.tree()

    sandbox.write("specs/nodes.yaml", sandbox.command("expand", "user").stdout)
    sandbox.remove("specs/user.yaml")
    report = sandbox.build()

    assert set(statuses(report).values()) == {Status.UP_TO_DATE}
    assert sandbox.tree() == before


def test_a_spec_of_the_same_name_takes_the_place_of_what_is_made(make: Make) -> None:
    sandbox = make({"specs/user.yaml": USER})
    sandbox.build()
    sandbox.write(
        "specs/own.yaml",
        """\
node: user_validator
kind: compute
description: Say whether a user can be stored, and if not, why.
input: {user: user.User}
output: {valid: bool, reasons: "list[str]"}
logic: {valid: user.email.endswith(".org"), reasons: "[]"}
""",
    )

    report = sandbox.build()

    assert report.ok
    assert built(report) == {"user_validator", "user_api"}
    assert 'endswith(".org")' in sandbox.read(
        "out/src/acme/nodes/node_user_validator_compute/handlers/handler_user_validator.py"
    )
    listed = json.loads(sandbox.command("expand", "user", "--json").stdout)["blueprints"][0]["specs"]
    assert [it["name"] for it in listed if it["overridden"]] == ["user_validator"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("# none\n", "# another comment\n", set()),
        ("created_at: datetime", "born_at: datetime", set(MADE)),
        ("created_at: datetime", "created_at: {type: datetime, description: Since when.}", {"user"}),
        ("table: users", "table: people", {"user", "user_writer", "user_reader", "user_remover"}),
    ],
)
def test_a_change_of_the_blueprint_rebuilds_what_it_changes(make: Make, old: str, new: str, expected: set[str]) -> None:
    sandbox = make({"specs/user.yaml": f"# none\n{USER}"})
    sandbox.build()
    sandbox.replace("specs/user.yaml", old, new)

    assert built(sandbox.build()) == expected
    assert built(sandbox.build()) == set()


# --------------------------------------------------------------------------------- the other recipes


def test_an_event_handler_and_an_endpoint_that_calls_it(checked: Make) -> None:
    sandbox = checked({"specs/order_paid.yaml": PAID, "specs/intake.yaml": INTAKE})

    report = sandbox.build(mode=Mode.BALANCED)

    assert [(it.code, it.message) for it in report.problems if it.code != "G8"] == []
    assert tuple(report.outcomes) == ("intake_endpoint", "intake_validator", "order_paid_handler")
    topics = sandbox.command("graph", "--topics", "order_paid_handler").stdout.splitlines()
    assert "onex.evt.sales.order-paid.v1                   (external) -> order_paid_handler" in topics


def test_an_event_handler_with_a_body(make: Make) -> None:
    text = PAID.partition("accept:")[0]
    body = (
        "from acme.nodes.node_order_paid_handler_effect.models import "
        "ModelOrderPaidHandlerInput, ModelOrderPaidHandlerOutput\n\n\n"
        "def handle(request: ModelOrderPaidHandlerInput) -> ModelOrderPaidHandlerOutput:\n"
        "    return ModelOrderPaidHandlerOutput(handled=request.total > 0)\n"
    )
    sandbox = make({"specs/order_paid.yaml": text, "specs/order_paid_handler.py": body})

    assert sandbox.build().ok


def test_a_recipe_of_the_workspace(make: Make) -> None:
    sandbox = make(
        {
            "specs/hello.yaml": "blueprint: hello\nrecipe: greeting\nwords: [good, day]\n",
            "templates/recipes/greeting/greeter.yaml.j2": (
                "node: {{ name }}_greeter\nkind: compute\ndescription: Greet with the words of a blueprint.\n"
                "input: {}\noutput: {greeting: str}\nlogic: {greeting: {{ words | join(' ') | tojson | tojson }}}\n"
            ),
        }
    )

    assert sandbox.build().ok
    assert '"good day"' in sandbox.read(
        "out/src/acme/nodes/node_hello_greeter_compute/handlers/handler_hello_greeter.py"
    )


# ------------------------------------------------------------------------------------------ problems

BAD = """\
blueprint: user
recipe: crud
modle: 3
model: {id: UUIDD, email: {type: str, patern: x}, tags: "list[str]"}
store: {url: DATABASE_URL, tabel: users, key: idd}
---
blueprint: item
recipe: crd
---
blueprint: thing
---
blueprint: part
recipe: crud
model: {id: UUID, name: {type: str, default: 3}, n: {type: int, min_length: 3}, class: str}
store: {url: env.DB, table: parts, key: id}
example: {nam: x}
---
blueprint: pile
recipe: crud
model: {id: UUID, tags: "list[str]", code: {type: str, pattern: "^Q{3}$"}}
store: {url: env.DB, table: piles, key: id}
---
node: wants
kind: compute
description: Needs what cannot be made.
input: {a: user_reader.Output, b: item_reader.Output, c: user.User}
output: {b: int}
logic: {b: "1"}
"""


def test_what_a_blueprint_says_is_held_against_its_recipe(make: Make) -> None:
    report = make({"specs/bad.yaml": BAD}).build()

    assert [(place(it).removeprefix("specs/bad.yaml:"), it.message, it.hint) for it in blocking(report)] == [
        ("3:1", "the recipe `crud` has no `modle`", "did you mean `model`?"),
        ("4:39", "the key `patern` means nothing here", "did you mean `pattern`?"),
        ("5:8", "`store` wants `table`", "add `table:` the name of the table"),
        (
            "5:14",
            "`url: DATABASE_URL`: string should match pattern '^env\\.[A-Z][A-Z0-9_]*$'",
            "the variable that leads to the database: env.DATABASE_URL",
        ),
        ("5:28", "`store` has no `tabel`", "did you mean `table`?"),
        ("5:47", "`key: idd` is not a field", "did you mean `id`?"),
        ("8:9", "there is no recipe `crd`", "did you mean `crud`?"),
        (
            "10:1",
            "`thing`: the key `recipe` is missing",
            "write `recipe: crud`, or the name of a folder of templates/recipes",
        ),
        ("14:46", "`3` is not str", 'quote it: "3"'),
        (
            "14:65",
            "`min_length` means nothing for int",
            "it is for str, bytes, list, set, frozenset, dict, tuple, HttpUrl, ref",
        ),
        ("14:81", "the field `class` is a keyword of Python", "write `class_`"),
        (
            "20:25",
            "`tags` is list[str], which is no column",
            "a column holds one text, number, time, UUID, URL or enum of this document; leave the others out",
        ),
        (
            "20:44",
            "no value for examples comes to mind that `code` allows",
            "give one: `example: {code: …}`",
        ),
    ]
    assert statuses(report)["wants"] is Status.SKIPPED


@pytest.mark.parametrize(
    ("old", "new", "where", "message"),
    [
        ("created_at: datetime", "created_at: {type: datetime, default: soon}", "3:103", "`soon` is not datetime"),
        ("id: UUID,", "id: {type: UUID, min_length: 3},", "3:26", "`min_length` means nothing for UUID"),
        ("key: id}\n", "key: id}\nrules:\n  no name: user.nam != ''\n", "6:17", "user.User has no field `nam`"),
        ("key: id}\n", "key: id}\nexample: {created_at: soon}\n", "5:23", "`soon` is not datetime"),
        ("blueprint: user", "blueprint: User", "1:12", "`User` is not in snake_case"),
        ("recipe: crud", "recipe: [crud]", "2:9", "`['crud']` is not the name of a recipe"),
    ],
)
def test_a_problem_is_told_where_it_stems_from(make: Make, old: str, new: str, where: str, message: str) -> None:
    sandbox = make({"specs/user.yaml": USER})
    sandbox.replace("specs/user.yaml", old, new)

    assert (f"specs/user.yaml:{where}", message) in [(place(it), it.message) for it in blocking(sandbox.build())]


def test_what_stems_from_nothing_that_is_written_is_told_at_the_first_line(make: Make) -> None:
    body = "def handle(request: int) -> int:\n    return 1\n"
    sandbox = make({"specs/user.yaml": f"# A comment.\n{USER}", "specs/user_writer.py": body})

    (problem,) = blocking(sandbox.build())

    assert place(problem) == "specs/user.yaml:2:1"
    assert problem.node == "user_writer"
    assert problem.hint == "keep one of them; `omnibuild expand user` prints the specs that it makes"


def test_names_that_are_taken(make: Make) -> None:
    sandbox = make(
        {
            "specs/a.yaml": USER,
            "specs/b.yaml": USER,
            "specs/c.yaml": "blueprint: pricer\nrecipe: greeting\n",
            "specs/pricer.yaml": CHAIN["specs/pricer.yaml"],
            "templates/recipes/greeting/a.yaml.j2": "shared: user_reader\nmodels: {A: {n: int}}\n",
        }
    )

    assert told(sandbox.build()) == [
        ("specs/b.yaml:1:12", "duplicate-name"),
        ("specs/c.yaml:1:12", "duplicate-name"),
        ("specs/c.yaml:1:12", "duplicate-name"),
    ]


@pytest.mark.parametrize(
    ("file", "text", "where", "message"),
    [
        (
            "a.yaml.j2",
            "node: {{ name }}_a\n kind: compute\n",
            "specs/x.yaml:2:9",
            (
                "recipes/own/a.yaml.j2 did not make a document of it: this is not YAML: "
                "mapping values are not allowed in this context, in the line `kind: compute`"
            ),
        ),
        (
            "a.yaml.j2",
            "node: {{ nam }}_a\n",
            "templates/recipes/own/a.yaml.j2:1:1",
            "the template recipes/own/a.yaml.j2 cannot be rendered: 'nam' is undefined",
        ),
        (
            "recipe.yaml",
            "description: x\nmake: [a]\n",
            "templates/recipes/own/recipe.yaml:2:1",
            "the key `make` means nothing here",
        ),
        (
            "recipe.yaml",
            "description: x\nmakes: [b]\n",
            "templates/recipes/own/recipe.yaml:2:9",
            "there is no template recipes/own/b.yaml.j2",
        ),
        ("recipe.yaml", "parameters: {a: strr}\n", "templates/recipes/own/recipe.yaml:1:17", "unknown type `strr`"),
        (
            "recipe.yaml",
            "- a\n",
            "templates/recipes/own/recipe.yaml:1:1",
            "a document is a mapping whose first key is `node`, `shared` or `blueprint`",
        ),
    ],
)
def test_a_recipe_that_is_broken(make: Make, file: str, text: str, where: str, message: str) -> None:
    sandbox = make(
        {
            "specs/x.yaml": "blueprint: x\nrecipe: own\n",
            "templates/recipes/own/a.yaml.j2": "node: {{ name }}_a\n",
            f"templates/recipes/own/{file}": text,
        }
    )

    assert (where, message) in [(place(it), it.message) for it in blocking(sandbox.build())]


# ------------------------------------------------------------------------------------------ expand


def test_expand_takes_a_name_or_a_file(make: Make) -> None:
    sandbox = make({"specs/user.yaml": USER})

    by_name, by_file = sandbox.command("expand", "user"), sandbox.command("expand", "specs/user.yaml")

    assert by_name.returncode == 0
    assert by_name.stdout == by_file.stdout
    assert by_name.stdout.startswith("shared: user\n")
    assert by_name.stdout.count("\n---\n") == 5


def test_expand_tells_problems_and_what_does_not_exist(make: Make) -> None:
    sandbox = make(
        {"specs/user.yaml": USER.replace("key: id", "key: idd"), "specs/pricer.yaml": CHAIN["specs/pricer.yaml"]}
    )

    broken, unknown = sandbox.command("expand", "user", "--json"), sandbox.command("expand", "usr")

    assert broken.returncode == 1
    assert [it["message"] for it in json.loads(broken.stdout)["problems"]] == ["`key: idd` is not a field"]
    assert unknown.returncode == 2
    assert "there is no blueprint `usr`: did you mean `user`?" in unknown.stderr
    assert "there is no blueprint in specs/pricer.yaml" in sandbox.command("expand", "specs/pricer.yaml").stderr
