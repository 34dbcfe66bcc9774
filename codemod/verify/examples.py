"""An example for a JSON schema: what a model that keeps to the schema could answer."""

from __future__ import annotations

from typing import Any

from codemod.verify.traffic import Json

_TEXTS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "PT1M",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "12345678-1234-4234-8234-123456789abc",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}
_DEPTH = 12


def example(schema: object) -> Any:
    """A value that fits ``schema``: every property, one item in a list, the first of several choices.

    Patterns and conditions are not looked at. A schema that contains itself ends with null or an empty list.
    """
    return _example(schema, schema, 0)


def _example(schema: object, root: object, depth: int) -> Any:
    if not isinstance(schema, dict):
        return {}
    if "$ref" in schema:
        return _example(_referenced(schema["$ref"], root), root, depth + 1) if depth < _DEPTH else None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for word in ("anyOf", "oneOf"):
        if schema.get(word):
            return _choice(schema[word], root, depth)
    if schema.get("allOf"):
        return _merged([_example(each, root, depth + 1) for each in schema["allOf"]])
    return _of_type(schema, root, depth)


def _choice(choices: list[object], root: object, depth: int) -> Any:
    nullable = any(isinstance(each, dict) and each.get("type") == "null" for each in choices)
    if nullable and depth > _DEPTH // 2:
        return None
    return _example(choices[0], root, depth + 1)


def _merged(parts: list[Any]) -> Any:
    if all(isinstance(part, dict) for part in parts):
        return {name: value for part in parts for name, value in part.items()}
    return parts[0]


def _of_type(schema: Json, root: object, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        properties = schema.get("properties", {})
        if depth > _DEPTH:
            properties = {name: properties[name] for name in schema.get("required", ()) if name in properties}
        return {name: _example(each, root, depth + 1) for name, each in properties.items()}
    if kind == "array":
        count = schema.get("minItems", 1 if depth < _DEPTH // 2 else 0)
        return [_example(schema.get("items", {"type": "string"}), root, depth + 1) for _ in range(count)]
    if kind in {"integer", "number"}:
        return _number(schema, kind)
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    text = _TEXTS.get(schema.get("format", ""), "text")
    return text.ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength")]


def _number(schema: Json, kind: str) -> float:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    ends = [end for end in (low, above, high, below) if end is not None]
    near = [number for end in ends for number in (end, end + 1, end - 1)]
    candidates = [1, 0, *near, sum(ends) / len(ends) if ends else 1]
    for number in candidates:
        if (
            (low is None or number >= low)
            and (high is None or number <= high)
            and (above is None or number > above)
            and (below is None or number < below)
        ):
            return int(number) if kind == "integer" else float(number)
    return 1


def _referenced(reference: object, root: object) -> object:
    found = root
    for name in str(reference).removeprefix("#").strip("/").split("/"):
        if name and isinstance(found, dict):
            found = found.get(name.replace("~1", "/").replace("~0", "~"))
    return found
