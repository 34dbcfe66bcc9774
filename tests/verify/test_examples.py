"""An example of a JSON schema keeps to the schema."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from codemod.verify.examples import example

TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                "inner": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "next", "inner"],
        }
    },
}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": ["string", "null"]}}},
        {"enum": ["x", "y"]},
        {"const": 4},
        {"type": "array", "items": {"type": "number"}, "minItems": 3},
        {"type": "integer", "minimum": 5, "maximum": 9},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 0.5},
        {"type": "integer", "maximum": 0},
        {"type": "string", "minLength": 10, "maxLength": 12},
        {"type": "string", "format": "date-time"},
        {"allOf": [{"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}, {"required": ["a"]}]},
        {"oneOf": [{"type": "boolean"}, {"type": "string"}]},
        {"type": "null"},
        TREE,
    ],
)
def test_it_keeps_to_the_schema(schema: dict[str, Any]) -> None:
    jsonschema.validate(example(schema), schema)
