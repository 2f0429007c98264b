"""Words that YAML took for keys: they stood behind a comma, in braces, without quotes."""

from __future__ import annotations

from collections.abc import Iterator

from omnibuild.adopt.contract import LOOSE, stray_words
from omnibuild.adopt.findings.subject import Subject
from omnibuild.core.values import Problem


def check(subject: Subject) -> Iterator[Problem]:
    """Yield a problem for every entry with such words."""
    for section in LOOSE:
        for name, entry in subject.section(section).items():
            for word in stray_words(entry):
                message = f"`{word}` is a key of its own here: the comma before it ends the text"
                yield subject.warning("stray-words", message, "quote the whole text", section, name)
