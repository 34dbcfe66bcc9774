import inspect
import os

REGISTRY = {}


def tool(fn):
    REGISTRY[fn.__name__] = fn
    return fn


@tool
def read_file(path):
    """Read a text file."""
    with open(path) as f:
        return f.read()


@tool
def list_files(folder="."):
    """List the files of a folder."""
    return "\n".join(sorted(os.listdir(folder)))


def schema(name):
    fn = REGISTRY[name]
    params = inspect.signature(fn).parameters
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": fn.__doc__,
            "parameters": {"type": "object", "properties": {p: {"type": "string"} for p in params}},
        },
    }
