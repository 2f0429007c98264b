"""The one message of the remote cache's protocol: an `ActionResult`, as bytes and back.

The format is that of Bazel's Remote Execution API, version 2 (the message `ActionResult` of package
`build.bazel.remote.execution.v2` in bazelbuild/remote-apis, `remote_execution.proto`), in the binary
encoding of Protocol Buffers (protobuf.dev, "Encoding"). One message with a dozen fields is no reason
to load the protobuf runtime; the tests compare this file with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
"""The wire types. Groups, 3 and 4, were given up before this API was written, and are refused."""

_HASH = re.compile(r"[0-9a-f]{64}")
_FOLDERS_AND_LINKS = frozenset({3, 10, 11, 12})
"""`output_directories`, `output_file_symlinks`, `output_directory_symlinks`, `output_symlinks`."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What names a blob: its SHA-256 in lower-case hexadecimal, and how many bytes it has."""

    hash: str
    size: int


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that an action made: its path relative to the folder of the outputs, and what is in it."""

    path: str
    digest: Digest
    executable: bool = False


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action left behind; `more` says whether it made folders or symbolic links, too."""

    files: tuple[OutputFile, ...] = ()
    exit_code: int = 0
    stdout: Digest | None = None
    more: bool = False


def encode(result: ActionResult) -> bytes:
    """Return the message, fields in the order of their numbers, defaults left out, as the API asks for.

    Raises ValueError for a result with folders or links: of these only the fact is known.
    """
    if result.more:
        raise ValueError("folders and links cannot be written")
    data = b"".join(_field(2, _output_file(it)) for it in result.files)
    if result.exit_code:
        data += _tag(4, _VARINT) + _varint(result.exit_code % (1 << 64))
    return data + (_field(6, _digest(result.stdout)) if result.stdout else b"")


def decode(data: bytes) -> ActionResult:
    """Return what a message says; fields that are not known are skipped.

    Raises ValueError for what is not such a message. A field that comes twice, which the encoding
    allows, is refused where it would have to be merged: no writer makes that.
    """
    files: list[OutputFile] = []
    exit_code, stdout, more = 0, None, False
    for number, value in _fields(data):
        match number:
            case 2:
                files.append(_read_output_file(_bytes(value)))
            case 4:
                exit_code = _int32(value)
            case 6 if stdout is None:
                stdout = _read_digest(_bytes(value))
            case 6:
                raise ValueError("two digests of one output")
            case _:
                more = more or number in _FOLDERS_AND_LINKS
    return ActionResult(tuple(files), exit_code, stdout, more)


# ------------------------------------------------------------------------------------- messages


def _output_file(file: OutputFile) -> bytes:
    data = _field(1, file.path.encode()) + _field(2, _digest(file.digest))
    return data + (_tag(4, _VARINT) + _varint(1) if file.executable else b"")


def _read_output_file(data: bytes) -> OutputFile:
    path, digest, executable = "", None, False
    for number, value in _fields(data):
        match number:
            case 1:
                path = _bytes(value).decode()
            case 2 if digest is None:
                digest = _read_digest(_bytes(value))
            case 2:
                raise ValueError("two digests of one file")
            case 4:
                executable = bool(_int(value))
    if not path or digest is None:
        raise ValueError("a file without a path or a digest")
    return OutputFile(path, digest, executable)


def _digest(digest: Digest) -> bytes:
    data = _field(1, digest.hash.encode())
    return data + (_tag(2, _VARINT) + _varint(digest.size) if digest.size else b"")


def _read_digest(data: bytes) -> Digest:
    hash_, size = "", 0
    for number, value in _fields(data):
        if number == 1:
            hash_ = _bytes(value).decode()
        elif number == 2:
            size = _int(value)
    if not _HASH.fullmatch(hash_) or size >= 1 << 63:
        raise ValueError("not the digest of a blob")
    return Digest(hash_, size)


# ------------------------------------------------------------------------------------- encoding


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _field(number: int, data: bytes) -> bytes:
    return _tag(number, _BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first; the high bit says that more follow."""
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield the number and the value of every field. Raises ValueError where the message is broken."""
    position = 0
    while position < len(data):
        tag, position = _read_varint(data, position)
        number, wire = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise ValueError("not the number of a field")
        if wire == _VARINT:
            value, position = _read_varint(data, position)
            yield number, value
            continue
        if wire == _BYTES:
            length, position = _read_varint(data, position)
        elif wire in (_FIXED64, _FIXED32):
            length = 8 if wire == _FIXED64 else 4
        else:
            raise ValueError("not a type of field")
        if length > len(data) - position:
            raise ValueError("the message ends within a field")
        yield number, data[position : position + length]
        position += length


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for group, byte in enumerate(data[position : position + 10]):
        value |= (byte & 0x7F) << 7 * group
        if byte < 0x80:
            if value >= 1 << 64:
                break
            return value, position + group + 1
    raise ValueError("not a number")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number where there should be text")  # noqa: TRY004  # the data is wrong, not the code
    return value


def _int(value: int | bytes) -> int:
    if not isinstance(value, int):
        raise ValueError("text where there should be a number")  # noqa: TRY004  # the data is wrong, not the code
    return value


def _int32(value: int | bytes) -> int:
    """Return a number of 32 bits: a negative one was written with 64."""
    low = _int(value) & 0xFFFF_FFFF
    return low - (1 << 32) if low >= 1 << 31 else low
