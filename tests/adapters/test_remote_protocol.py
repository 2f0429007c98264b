"""The codec against Google's own implementation of Protocol Buffers, with the messages as the API declares them."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from omnibuild.adapters.remote_protocol import ActionResult, Digest, OutputFile, decode, encode
from omnibuild.core.values import digest

_KINDS = descriptor_pb2.FieldDescriptorProto
STRING, BYTES, BOOL = _KINDS.TYPE_STRING, _KINDS.TYPE_BYTES, _KINDS.TYPE_BOOL
INT32, INT64 = _KINDS.TYPE_INT32, _KINDS.TYPE_INT64
MESSAGES: dict[str, dict[str, tuple[int, Any]]] = {
    "Digest": {"hash": (1, STRING), "size_bytes": (2, INT64)},
    "OutputFile": {"path": (1, STRING), "digest": (2, "Digest"), "is_executable": (4, BOOL), "contents": (5, BYTES)},
    "OutputDirectory": {"path": (1, STRING), "tree_digest": (3, "Digest")},
    "OutputSymlink": {"path": (1, STRING), "target": (2, STRING)},
    "ExecutedActionMetadata": {"worker": (1, STRING)},
    "ActionResult": {
        "output_files": (2, ["OutputFile"]),
        "output_directories": (3, ["OutputDirectory"]),
        "exit_code": (4, INT32),
        "stdout_raw": (5, BYTES),
        "stdout_digest": (6, "Digest"),
        "stderr_raw": (7, BYTES),
        "stderr_digest": (8, "Digest"),
        "execution_metadata": (9, "ExecutedActionMetadata"),
        "output_file_symlinks": (10, ["OutputSymlink"]),
        "output_directory_symlinks": (11, ["OutputSymlink"]),
        "output_symlinks": (12, ["OutputSymlink"]),
    },
}
"""As far as a cache has to do with them; from build/bazel/remote/execution/v2/remote_execution.proto."""
PACKAGE = "build.bazel.remote.execution.v2"


def messages() -> dict[str, Any]:
    """Return the classes that protobuf makes of the messages."""
    file = descriptor_pb2.FileDescriptorProto(name="reapi.proto", package=PACKAGE, syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind) in fields.items():
            repeated = isinstance(kind, list)
            label = _KINDS.LABEL_REPEATED if repeated else _KINDS.LABEL_OPTIONAL
            below = kind[0] if repeated else kind if isinstance(kind, str) else None
            type_ = {"type": _KINDS.TYPE_MESSAGE, "type_name": f".{PACKAGE}.{below}"} if below else {"type": kind}
            message.field.add(name=field, number=number, label=label, **type_)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {it: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{it}")) for it in MESSAGES}


REAL = messages()
DIGESTS = st.builds(Digest, st.text(max_size=3).map(digest), st.integers(0, (1 << 63) - 1))
PATHS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
FILES = st.builds(OutputFile, PATHS, DIGESTS, st.booleans())
CODES = st.integers(-(1 << 31), (1 << 31) - 1)
RESULTS = st.builds(ActionResult, st.lists(FILES, max_size=4).map(tuple), CODES, st.none() | DIGESTS)


def real_digest(it: Digest) -> Any:
    return REAL["Digest"](hash=it.hash, size_bytes=it.size)


def real(result: ActionResult) -> Any:
    """Return the same as protobuf's own message."""
    return REAL["ActionResult"](
        output_files=[
            REAL["OutputFile"](path=it.path, digest=real_digest(it.digest), is_executable=it.executable)
            for it in result.files
        ],
        exit_code=result.exit_code,
        stdout_digest=real_digest(result.stdout) if result.stdout else None,
    )


@given(RESULTS)
def test_what_is_written_is_what_protobuf_writes(result: ActionResult) -> None:
    assert encode(result) == real(result).SerializeToString(deterministic=True)


@given(RESULTS)
def test_what_is_written_reads_as_it_was(result: ActionResult) -> None:
    assert decode(encode(result)) == result


@given(RESULTS, st.binary(max_size=300), st.text(max_size=300))
def test_what_others_write_is_read_and_the_rest_skipped(result: ActionResult, data: bytes, worker: str) -> None:
    written = real(result)
    written.stdout_raw = written.stderr_raw = data
    written.stderr_digest.hash = digest(data)
    written.execution_metadata.worker = worker
    for file in written.output_files:
        file.contents = data
    # Fields of every type that an API of the future may have, in front of and behind those that are known.
    strange = b"\xf8\x3f\x01" + b"\xf9\x3f12345678" + b"\xfa\x3f\x02ab" + b"\xfd\x3f1234"

    assert decode(strange + written.SerializeToString() + strange) == result


@pytest.mark.parametrize(
    "field", ["output_directories", "output_file_symlinks", "output_directory_symlinks", "output_symlinks"]
)
def test_folders_and_links_are_seen(field: str) -> None:
    written = real(ActionResult())
    getattr(written, field).add(path="a")

    result = decode(written.SerializeToString())
    assert result == ActionResult(more=True)
    with pytest.raises(ValueError, match="cannot be written"):
        encode(result)


@given(RESULTS, st.data())
def test_a_message_that_is_cut_off_is_refused_or_shorter(result: ActionResult, data: st.DataObject) -> None:
    whole = encode(result)
    part = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        found = decode(part)
    except ValueError:
        return
    assert encode(found) == part


@given(st.binary(max_size=60))
def test_garbage_is_a_value_error_and_nothing_else(data: bytes) -> None:
    try:
        found = decode(data)
        theirs = REAL["ActionResult"].FromString(data)
    except (ValueError, DecodeError):  # protobuf also reads the messages that are skipped here
        return
    assert theirs.exit_code == found.exit_code
    assert [it.path for it in theirs.output_files] == [it.path for it in found.files]


SOUND = Digest(digest("a"), 1)
FILE = encode(ActionResult((OutputFile("a", SOUND),)))
NAME = b"\n\x40" + SOUND.hash.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"\x20",  # a number without an end
        b"\x20" + b"\xff" * 10,
        b"\x20" + b"\xff" * 9 + b"\x02",  # more than 64 bits
        b"\x12\x05ab",  # longer than the message
        b"\x12\xff\xff\xff\xff\x0f",
        b"\x23\x24",  # a group
        b"\x00\x01",  # field 0
        b"\x22\x01\x00",  # text for the exit code
        b"\x10\x01",  # a number for a file
        b"\x12\x00",  # a file with nothing
        b"\x12\x03\n\x01a",  # without a digest
        b"\x12\x06\n\x01\xff\x12\x00",  # a path that is not UTF-8
        b"2\x00",  # a digest with nothing
        b"2\x42" + NAME.upper(),
        b"2\x4d" + NAME + b"\x10" + b"\xff" * 9 + b"\x01",  # a size below 0
        (b"2\x42" + NAME) * 2,
    ],
)
def test_what_is_no_result_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the messages are for no one
        decode(data)


def test_the_smallest_messages_are_as_the_specification_says() -> None:
    assert encode(ActionResult()) == b""
    assert encode(ActionResult(exit_code=150)) == b"\x20\x96\x01"
    assert encode(ActionResult(exit_code=-1)) == b"\x20" + b"\xff" * 9 + b"\x01"
    assert FILE == b"\x12\x49\n\x01a\x12\x44" + NAME + b"\x10\x01"
