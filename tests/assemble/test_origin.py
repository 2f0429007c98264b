from __future__ import annotations

import pytest

from omnibuild.assemble.origin import origin
from omnibuild.core.values import Body, Draft, Place, Pointer

AT = Pointer("specs/order_pricer.yaml", 0, ())
FILE = "src/acme/handler_order_pricer.py"
TEXT = '''"""Price an order."""

from decimal import Decimal


class HandlerOrderPricer:
    """Price an order."""

    limit: int = 3

    @traced
    async def handle(self, request: Request) -> Result:
        gross = sum(
            (line.price for line in request.lines),
            Decimal(),
        )
        if gross > self.limit:
            net = gross
        return Result(
            subtotal=gross,
            total=Total(net=gross, tax=gross),
        )


def other() -> Result:
    return Result(subtotal=1, total=2)
'''
_HANDLE = ("HandlerOrderPricer", "handle")


def draft(*chains: tuple[str, ...], text: str = TEXT, body: str | None = None) -> Draft:
    origins = {FILE: {chain: AT.to(*(chain or ("file",))) for chain in chains}}
    return Draft("order_pricer", {FILE: text}, origins, (FILE, Body("specs/order_pricer.py", body)) if body else None)


ALL = (
    (),
    ("HandlerOrderPricer",),
    ("HandlerOrderPricer", "limit"),
    _HANDLE,
    (*_HANDLE, "gross"),
    (*_HANDLE, "net"),
    (*_HANDLE, "subtotal"),
    (*_HANDLE, "total"),
    (*_HANDLE, "total", "tax"),
    ("other", "total"),
)


@pytest.mark.parametrize(
    ("line", "column", "path"),
    [
        (1, 0, ("file",)),
        (3, 0, ("file",)),
        (6, 0, ("HandlerOrderPricer",)),
        (9, 0, ("HandlerOrderPricer", "limit")),
        (11, 0, _HANDLE),
        (12, 0, _HANDLE),
        (13, 0, (*_HANDLE, "gross")),
        (15, 0, (*_HANDLE, "gross")),
        (17, 0, _HANDLE),
        (18, 0, (*_HANDLE, "net")),
        (19, 0, _HANDLE),
        (20, 0, (*_HANDLE, "subtotal")),
        (21, 0, (*_HANDLE, "total")),
        (21, 36, (*_HANDLE, "total", "tax")),
        (23, 0, ("file",)),
        (26, 0, ("file",)),
        (26, 32, ("other", "total")),
    ],
)
def test_the_names_at_a_line_lead_to_the_spec(line: int, column: int, path: tuple[str, ...]) -> None:
    assert origin(draft(*ALL), FILE, line, AT, column) == AT.to(*path)


def test_a_shorter_way_is_taken_where_the_long_one_is_not_known() -> None:
    assert origin(draft(("HandlerOrderPricer",)), FILE, 13, AT) == AT.to("HandlerOrderPricer")
    assert origin(draft(), FILE, 13, AT) == AT


def test_what_is_not_python_or_does_not_parse_has_the_origin_of_its_file() -> None:
    assert origin(draft((), _HANDLE, text="class ("), FILE, 1, AT) == AT.to("file")
    assert origin(draft(), "src/acme/contract.yaml", 1, AT) == AT
    assert origin(draft(), "src/acme/missing.py", 1, AT) == AT


BODY = '''"""Store it."""
from acme.models import Request, Result
import os, sys
RATE = 3

def scaled(value: int) -> int:
    # twice, on purpose
    value += 1
    value += 1
    return value

async def handle(request: Request) -> Result:
    if request.big:
        value = scaled(
            request.total,
        )
        return Result(value=value)
    value += 1
    return Result(
        value=value)
'''
SPLICED = '''"""Store it."""

import os
import sys
from decimal import Decimal

from acme.models import (
    Request,
    Result,
)

RATE = 3


def scaled(value: int) -> int:
    # twice, on purpose
    value += 1
    value += 1
    return value


class HandlerOrderWriter:
    """Store it."""

    size: int = 1

    async def handle(self, request: Request) -> Result:
        """Store it."""
        if request.big:
            value = scaled(
                request.total,
            )
            return Result(value=value)
        value += 1
        return Result(value=value)
'''


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (3, (3, 8)),  # import os
        (4, (3, 12)),  # import sys, moved to its own line
        (8, (2, 25)),  # Request, in a group of several lines
        (9, (2, 34)),
        (12, (4, 1)),
        (15, (6, 1)),
        (17, (8, 5)),
        (18, (9, 5)),  # the second of two equal statements
        (27, (12, 1)),  # handle, which has got a `self`
        (28, (12, 1)),  # its docstring, which the body does not have
        (29, (13, 5)),
        (30, (14, 9)),
        (31, (15, 13)),  # the second line of a statement that is laid out alike
        (33, (17, 9)),
        (34, (18, 5)),  # equal to those of `scaled`, but in `handle`
        (35, (19, 5)),  # laid out otherwise
    ],
)
def test_a_line_of_a_body_leads_to_the_body(line: int, place: tuple[int, int]) -> None:
    spliced = draft((), ("HandlerOrderWriter",), text=SPLICED, body=BODY)

    assert origin(spliced, FILE, line, AT) == Place("specs/order_pricer.py", *place)


@pytest.mark.parametrize(
    ("line", "path"), [(5, ("file",)), (22, ("HandlerOrderWriter",)), (25, ("HandlerOrderWriter", "size"))]
)
def test_what_was_put_around_a_body_leads_to_the_spec(line: int, path: tuple[str, ...]) -> None:
    spliced = draft((), ("HandlerOrderWriter",), ("HandlerOrderWriter", "size"), text=SPLICED, body=BODY)

    assert origin(spliced, FILE, line, AT) == AT.to(*path)


def test_a_body_that_does_not_parse_leads_to_the_spec() -> None:
    assert origin(draft((), text=SPLICED, body="def"), FILE, 12, AT) == AT.to("file")
