"""Texts."""

from pathlib import Path
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, JsonValue


class ModelTexts(BaseModel):
    """Texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(default="ABC-1", pattern=r"^[A-Z]{3}-\d+$")
    quoted: str = 'she said "hi", and left'
    lines: str = "one\ntwo\\three"
    raw: bytes = b"abc"
    id: UUID = UUID("7f3c0a52-0d5e-4a0e-9a57-6f3a0c6d6a11")
    path: Path = Path("a/b.txt")
    link: HttpUrl = HttpUrl("https://example.org/")
    anything: JsonValue = Field(default_factory=lambda: dict[str, JsonValue]({"a": [1, None, True]}))
