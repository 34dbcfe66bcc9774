"""Writes codemod/data/openai_sdk_methods.json: every resource method that the OpenAI SDK has, or had, on a client.

    python scripts/build_sdk_methods.py UNPACKED...

UNPACKED are folders that each hold one unpacked ``openai`` package, oldest first (``pip download --no-deps
openai==VERSION``, then ``unzip``). Nothing of the packages is imported: the sources are read with ``ast``, so that
versions with different requirements can be compared. The committed file is made from 1.1.0, 1.30.0, 1.50.0,
1.109.1, 2.8.0 and 3.54.0. The same sources give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent.parent / "codemod" / "data" / "openai_sdk_methods.json"
CLIENTS = ("OpenAI", "AsyncOpenAI")
RESOURCES = ("SyncAPIResource", "AsyncAPIResource")
PROPERTIES = ("property", "cached_property")
# They give the same resource back with another kind of answer.
VIEWS = ("with_raw_response", "with_streaming_response")


@dataclass(frozen=True)
class Sources:
    """One unpacked package: where its modules are, and what they define."""

    root: Path

    @property
    def version(self) -> str:
        for node in self.tree("openai._version").body:
            match node:
                case ast.Assign(targets=[ast.Name(id="__version__")], value=ast.Constant(value=str(version))):
                    return version
        raise ValueError(f"{self.root}: no version in openai/_version.py")

    def file(self, module: str) -> Path | None:
        path = self.root.joinpath(*module.split("."))
        return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)

    def tree(self, module: str) -> ast.Module:
        file = self.file(module)
        if file is None:
            raise ValueError(f"{self.root}: no module {module}")
        return parse(file)

    def find_class(self, module: str, name: str) -> tuple[str, ast.ClassDef]:
        """The class that ``name`` (dotted, as ``resources.Chat``) means in ``module``, and the module it stands in."""
        first, _, rest = name.partition(".")
        nodes = list(ast.walk(self.tree(module)))
        for node in nodes:
            if isinstance(node, ast.ClassDef) and node.name == name:
                return module, node
        for node in nodes:
            if not isinstance(node, ast.ImportFrom):
                continue
            for alias in node.names:
                if (alias.asname or alias.name) == first:
                    source = self.absolute(module, node)
                    if rest:
                        return self.find_class(f"{source}.{alias.name}", rest)
                    return self.find_class(source, alias.name)
        raise ValueError(f"{self.root}: {module} does not say what {name} is")

    def absolute(self, module: str, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        file = self.file(module)
        parts = module.split(".")
        is_package = file is not None and file.name == "__init__.py"
        base = parts[: len(parts) - node.level + is_package]
        return ".".join([*base, *([node.module] if node.module else [])])

    def methods(self, module: str, owner: ast.ClassDef, prefix: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for node in owner.body:
            match node:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                    yield from self.below(module, annotation, (*prefix, name))
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("_"):
                    if not any(decorator_name(item) in PROPERTIES for item in node.decorator_list):
                        if prefix:
                            yield (*prefix, name)
                    elif node.returns is not None and name not in VIEWS:
                        yield from self.below(module, node.returns, (*prefix, name))

    def below(self, module: str, annotation: ast.expr, prefix: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The methods of the resource that an annotation names; nothing if it names something else."""
        name = annotation.value if isinstance(annotation, ast.Constant) else ast.unparse(annotation)
        try:
            found, owner = self.find_class(module, str(name))
        except ValueError:
            return
        if any(ast.unparse(base) in RESOURCES for base in owner.bases):
            yield from self.methods(found, owner, prefix)


@cache
def parse(file: Path) -> ast.Module:
    return ast.parse(file.read_bytes())


def decorator_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def methods_of(sources: Sources) -> frozenset[str]:
    """The dotted paths of the methods that the package's clients have, relative to the client."""
    found: set[str] = set()
    for client in CLIENTS:
        module, owner = sources.find_class("openai._client", client)
        found.update(".".join(path) for path in sources.methods(module, owner, ()))
    return frozenset(found)


def build(packages: list[Sources]) -> str:
    """The table as JSON: per method the first and the last of the packages that have it."""
    seen: dict[str, list[str]] = {}
    for sources in packages:
        for method in methods_of(sources):
            seen.setdefault(method, []).append(sources.version)
    lines = ",\n".join(f'  "{method}": {json.dumps([seen[method][0], seen[method][-1]])}' for method in sorted(seen))
    versions = json.dumps([sources.version for sources in packages])
    return f'{{\n "versions": {versions},\n "methods": {{\n{lines}\n }}\n}}\n'


def main() -> None:
    """Build the table from the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("unpacked", type=Path, nargs="+", metavar="UNPACKED")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    text = build([Sources(root) for root in arguments.unpacked])
    arguments.output.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
