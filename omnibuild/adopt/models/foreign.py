"""What the names of Python's and pydantic's own types are in the spec language."""

from __future__ import annotations

from collections.abc import Mapping

from omnibuild.core.values import Json, Type

ANY = Type("Any")
_INT, _FLOAT, _STR = Type("int"), Type("float"), Type("str")

SCALARS: Mapping[str, str] = {
    "builtins:str": "str",
    "builtins:int": "int",
    "builtins:float": "float",
    "builtins:bool": "bool",
    "builtins:bytes": "bytes",
    "builtins:object": "Any",
    "builtins:None": "None",
    "typing:Any": "Any",
    "typing:Text": "str",
    "typing:LiteralString": "str",
    "decimal:Decimal": "Decimal",
    "uuid:UUID": "UUID",
    "datetime:datetime": "datetime",
    "datetime:date": "date",
    "datetime:time": "time",
    "datetime:timedelta": "timedelta",
    "pathlib:Path": "Path",
    "types:NoneType": "None",
    "pydantic:HttpUrl": "HttpUrl",
    "pydantic:JsonValue": "Json",
    "pydantic:StrictStr": "str",
    "pydantic:StrictInt": "int",
    "pydantic:StrictFloat": "float",
    "pydantic:StrictBool": "bool",
    "pydantic:AwareDatetime": "datetime",
    "pydantic:NaiveDatetime": "datetime",
}

BOUNDED: Mapping[str, tuple[Type, tuple[tuple[str, Json], ...]]] = {
    "pydantic:PositiveInt": (_INT, (("gt", 0),)),
    "pydantic:NonNegativeInt": (_INT, (("ge", 0),)),
    "pydantic:NegativeInt": (_INT, (("lt", 0),)),
    "pydantic:NonPositiveInt": (_INT, (("le", 0),)),
    "pydantic:PositiveFloat": (_FLOAT, (("gt", 0),)),
    "pydantic:NonNegativeFloat": (_FLOAT, (("ge", 0),)),
    "pydantic:NegativeFloat": (_FLOAT, (("lt", 0),)),
    "pydantic:NonPositiveFloat": (_FLOAT, (("le", 0),)),
}

CONSTRAINED: Mapping[str, Type] = {
    "pydantic:constr": _STR,
    "pydantic:conint": _INT,
    "pydantic:confloat": _FLOAT,
    "pydantic:condecimal": Type("Decimal"),
}
"""The functions that make a type with constraints."""

CONTAINERS: Mapping[str, tuple[str, int | None]] = {
    "builtins:list": ("list", 1),
    "builtins:set": ("set", 1),
    "builtins:frozenset": ("frozenset", 1),
    "builtins:dict": ("dict", 2),
    "builtins:tuple": ("tuple", None),
    "typing:List": ("list", 1),
    "typing:Set": ("set", 1),
    "typing:FrozenSet": ("frozenset", 1),
    "typing:Dict": ("dict", 2),
    "typing:Tuple": ("tuple", None),
    "collections.abc:Sequence": ("list", 1),
    "collections.abc:MutableSequence": ("list", 1),
    "collections.abc:Mapping": ("dict", 2),
    "collections.abc:MutableMapping": ("dict", 2),
    "collections.abc:Set": ("set", 1),
    "collections.abc:MutableSet": ("set", 1),
    "typing:Sequence": ("list", 1),
    "typing:MutableSequence": ("list", 1),
    "typing:Mapping": ("dict", 2),
    "typing:MutableMapping": ("dict", 2),
    "typing:AbstractSet": ("set", 1),
    "collections:deque": ("list", 1),
    "collections:defaultdict": ("dict", 2),
    "collections:OrderedDict": ("dict", 2),
}
"""The containers, each as the language's own, and how many arguments that takes; None for any number."""

ABSTRACT = frozenset(it for it in CONTAINERS if it.startswith(("collections", "typing:"))) - frozenset(
    f"typing:{it}" for it in ("List", "Set", "FrozenSet", "Dict", "Tuple")
)
"""Those that are not the language's own: the values are the same in JSON, but another class in Python."""

OPTIONAL, UNION, LITERAL, ANNOTATED = "typing:Optional", "typing:Union", "typing:Literal", "typing:Annotated"

UNFIT = frozenset(
    f"{module}:{name}"
    for module, names in {
        "builtins": ("type", "BaseException", "Exception", "memoryview", "complex"),
        "typing": ("Type", "Callable", "Protocol"),
        "collections.abc": ("Callable",),
        "types": ("ModuleType",),
        "logging": ("Logger",),
        "threading": ("Lock",),
        "asyncio": ("Lock", "Event", "Queue"),
    }.items()
    for name in names
)
"""What has no JSON, so that a model that holds it has no JSON Schema either."""

_SAME = {"typing_extensions": "typing"}
_HOMES = ("pydantic.types", "pydantic.fields", "pydantic.networks", "pydantic.main", "pydantic.functional_validators")


def canonical(source: str) -> str:
    """Return the one name that a type of Python or pydantic has here, whichever module it is imported from."""
    module, _, name = source.partition(":")
    if module in _HOMES:
        return f"pydantic:{name}"
    return f"{_SAME.get(module, module)}:{name}"
