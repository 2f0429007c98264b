"""The functions, methods and properties that expressions may use, in the notation of Python's own stubs.

After typeshed's `builtins.pyi`, `datetime.pyi`, `decimal.pyi` and `uuid.pyi`. What changes its object, reads
the clock or the disk, or leads into the interpreter is left out. Single capitals are type variables. `Sized`,
`Sequence` and `Iterable` are what they are in Python, `iterator` can be read once only, `Width` is a bounded
number, `Format` a constant `strftime` format.
"""

from __future__ import annotations

FUNCTIONS = """
all any(items: Iterable[Any], /) -> bool
bool(value: Any = ..., /) -> bool
str(value: Any = ..., /) -> str
float(value: str | float | Decimal = ..., /) -> float
int(value: str | float | Decimal = ..., /) -> int
int(value: str, /, base: int) -> int
len(items: Sized, /) -> int
list(items: Iterable[T] = ..., /) -> list[T]
set(items: Iterable[T] = ..., /) -> set[T]
tuple(items: Iterable[T] = ..., /) -> tuple[T, ...]
sorted(items: Iterable[T], /, *, reverse: bool = ...) -> list[T]
reversed(items: Sequence[T], /) -> iterator[T]
enumerate(items: Iterable[T], start: int = ...) -> iterator[tuple[int, T]]
range(stop: int, /) -> Iterable[int]
range(start: int, stop: int, step: int = ..., /) -> Iterable[int]
"""

RULED = ("abs", "Decimal", "dict", "max", "min", "round", "sum", "zip")
"""The functions whose result no signature can say; their rules are in `functions`."""

_TIME_OF_DAY = "hour: int = ..., minute: int = ..., second: int = ..., microsecond: int = ..."
_TIMESPEC = 'timespec: Literal["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"] = ...'
_ENCODING = 'encoding: Literal["utf-8", "utf8", "ascii", "latin-1"] = ...'
_ROUNDING = "rounding: Literal[" + ", ".join(
    f'"ROUND_{it}"' for it in ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "05UP")
)
_ROUNDING += "] | None = ..."

_DATE = """
weekday isoweekday toordinal() -> int
strftime(format: Format) -> str
isocalendar() -> tuple[int, int, int]
year month day: int
"""

_SET = """
union symmetric_difference(other: Iterable[T], /) -> set[T]
intersection difference(other: Iterable[Any], /) -> set[T]
issubset issuperset isdisjoint(other: Iterable[Any], /) -> bool
"""

MEMBERS = {
    "str": f"""
upper lower title capitalize casefold swapcase() -> str
strip lstrip rstrip(characters: str | None = ..., /) -> str
startswith endswith(affix: str | tuple[str, ...], start: int = ..., end: int = ..., /) -> bool
replace(old: str, new: str, count: int = ..., /) -> str
split rsplit(sep: str | None = ..., maxsplit: int = ...) -> list[str]
splitlines(keepends: bool = ...) -> list[str]
join(items: Iterable[str], /) -> str
removeprefix removesuffix(affix: str, /) -> str
zfill(width: Width, /) -> str
ljust rjust center(width: Width, fill: str = ..., /) -> str
count find rfind index rindex(part: str, start: int = ..., end: int = ..., /) -> int
isdigit isdecimal isnumeric isalpha isalnum isupper islower istitle isspace isascii isidentifier isprintable() -> bool
partition rpartition(sep: str, /) -> tuple[str, str, str]
encode({_ENCODING}) -> bytes
""",
    "bytes": f"""
decode({_ENCODING}) -> str
hex() -> str
startswith endswith(affix: bytes, /) -> bool
""",
    "list": """
count(item: T, /) -> int
index(item: T, start: int = ..., stop: int = ..., /) -> int
copy() -> list[T]
""",
    "tuple": """
count index(item: T, /) -> int
""",
    "dict": """
get(key: K, /) -> V | None
get(key: K, default: D, /) -> V | D
keys() -> Iterable[K]
values() -> Iterable[V]
items() -> Iterable[tuple[K, V]]
copy() -> dict[K, V]
""",
    "set": _SET,
    "frozenset": _SET.replace("set[T]", "frozenset[T]"),
    "Decimal": f"""
quantize(exp: Decimal, {_ROUNDING}) -> Decimal
to_integral_value to_integral({_ROUNDING}) -> Decimal
normalize copy_abs copy_negate sqrt exp ln log10() -> Decimal
is_nan is_finite is_infinite is_zero is_signed() -> bool
copy_sign max min compare(other: Decimal) -> Decimal
adjusted() -> int
""",
    "datetime": f"""{_DATE}
date() -> date
time timetz() -> time
timestamp() -> float
isoformat(sep: str = ..., {_TIMESPEC}) -> str
replace(year: int = ..., month: int = ..., day: int = ..., {_TIME_OF_DAY}) -> datetime
utcoffset() -> timedelta | None
hour minute second microsecond fold: int
""",
    "date": f"""{_DATE}
isoformat() -> str
replace(year: int = ..., month: int = ..., day: int = ...) -> date
""",
    "time": f"""
isoformat({_TIMESPEC}) -> str
strftime(format: Format) -> str
replace({_TIME_OF_DAY}) -> time
hour minute second microsecond fold: int
""",
    "timedelta": """
total_seconds() -> float
days seconds microseconds: int
""",
    "UUID": """
hex urn: str
int time: int
version: int | None
bytes: bytes
""",
    "Path": """
name stem suffix: str
parts: tuple[str, ...]
parent: Path
as_posix() -> str
is_absolute() -> bool
with_suffix with_name with_stem(name: str) -> Path
joinpath(other: str | Path, /) -> Path
""",
    "HttpUrl": """
scheme: str
host path query fragment username password: str | None
port: int | None
""",
    "float": """
is_integer() -> bool
""",
    "enum": """
name value: str
""",
}
"""What stands behind the dot, by the head of the type in front of it."""
