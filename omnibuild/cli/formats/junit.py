"""JUnit's XML: a test case per node, and one per file or setting that has problems of its own."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from omnibuild.cli.console import harmless
from omnibuild.cli.formats.told import Told
from omnibuild.core.values import Level, Outcome, Problem, Status


def rendered(told: Told) -> str:
    """Return one test suite, in ASCII."""
    suite = ET.Element("testsuite", name=_name(told))
    mine = told.report.outcomes
    for outcome in mine.values():
        _of_node(suite, told, outcome, [it for it in told.problems if it.node == outcome.node])
    others: dict[str, list[Problem]] = {}
    for it in told.problems:
        if it.node not in mine:
            at = told.place(it)
            others.setdefault(at.file if at else it.node or it.code, []).append(it)
    for name, problems in others.items():
        _judge(_case(suite, f"{_name(told)}.files", name), told, problems)
    _count(suite)
    suites = ET.Element("testsuites", {**suite.attrib, "name": "omnibuild"})
    suites.append(suite)
    ET.indent(suites)
    text: bytes = ET.tostring(suites, encoding="us-ascii", xml_declaration=True)
    return text.decode()


def _of_node(suite: ET.Element, told: Told, outcome: Outcome, problems: list[Problem]) -> None:
    case = _case(suite, f"{_name(told)}.nodes", outcome.node)
    case.set("time", f"{outcome.ms / 1000:.3f}")
    _judge(case, told, problems)
    if case.find("failure") is not None:
        return
    why = _legal("; ".join(outcome.because))
    if outcome.status is Status.SKIPPED:
        ET.SubElement(case, "skipped", message=why)
    elif outcome.status is Status.FAILED:
        ET.SubElement(case, "failure", type=outcome.status.value, message=why)


def _case(suite: ET.Element, group: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=_legal(group), name=_legal(name), time="0.000")


def _judge(case: ET.Element, told: Told, problems: list[Problem]) -> None:
    """Enter problems: what blocks as the one failure that readers of the format expect, the rest as what was said."""
    places = [at for it in problems if (at := told.place(it))]
    if places:
        case.set("file", _legal(places[0].file))
        case.set("line", str(places[0].line))
    blocking = [it for it in problems if it.level is Level.BLOCK]
    if blocking:
        first = blocking[0]
        failure = ET.SubElement(case, "failure", type=first.code, message=_legal(first.message))
        failure.text = _text(told, blocking)
    others = [it for it in problems if it.level is not Level.BLOCK]
    if others:
        ET.SubElement(case, "system-out").text = _text(told, others)


def _text(told: Told, problems: Iterable[Problem]) -> str:
    lines = []
    for it in problems:
        at = told.place(it)
        lines.append(f"{f'{at}: ' if at else ''}{it.code}: {it.message}")
        lines += [f"  hint: {it.hint}"] if it.hint else []
    return _legal("\n".join(lines))


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite.findall("testcase"))))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    suite.set("time", f"{sum(float(it.get('time', 0)) for it in suite.findall('testcase')):.3f}")


def _name(told: Told) -> str:
    return ".".join(it for it in ("omnibuild", told.folder.rstrip("/").replace("/", "."), told.package) if it)


def _legal(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return harmless(text).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")
