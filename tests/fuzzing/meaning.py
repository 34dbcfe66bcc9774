"""Mutations of what a program says: statements are wrapped, moved, copied and renamed. The result parses."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import token as kinds
from pathlib import PurePosixPath

from tests.fixture_cases import Tree
from tests.fuzzing.chance import (
    Chance,
    Mutation,
    Offsets,
    Preserves,
    indentation_of,
    indented,
    newline_of,
    of_text,
    parsed,
    statements_of,
    text_of,
    tokens_of,
)

_HEADS = (
    "if condition:",
    "def wrapped():",
    "async def wrapped():",
    "class Wrapped:",
    "with suppress(Exception):",
    "for _ in range(3):",
    "while True:",
    "@decorated\ndef wrapped(self, client=None, *, model='gpt-4o', **more):",
    "match value:\n    case {'model': model}:",
    "if (client := None) is None:",
)
_LINES = (
    "del client",
    "global client",
    "client = None",
    "client = other",
    "client.base_url = url",
    "import os as system",
    "from os import environ",
    "os = None",
    "from openai import *",
    "import openai as sdk",
    "model = 'gpt-4o-mini'",
    "print(model.split('-'), f'{model!r:>{10}}')",
    "x = lambda client=client, *a, model='gpt-4o', **k: client.chat.completions.create(model=model, messages=a, **k)",
    "def again(*args, **kwargs): return client.chat.completions.create(*args, **kwargs)",
    "answer = (reply := client.chat.completions.create(model='gpt-4o', messages=[])).choices[0]",
    "for chunk in client.chat.completions.create(model='gpt-4o', messages=[], stream=True): print(chunk.choices[0])",
    "texts = [c.choices[0].delta.content for c in client.chat.completions.create(model=M, messages=[], stream=True)]",
    "client = OpenAI(**{'api_key': key, **options}, timeout=3,)",
    "client = (OpenAI if fast else AzureOpenAI)(api_key=key)",
    "os.environ['OPENAI_API_KEY'] = key",
    "assert os.environ.get('OPENAI_API_KEY'), 'no key'",
    "client = OpenAI(api_key=os.environ['OPENAI_API_KEY'], organization='org-1', default_headers={'a': 'b', **h})",
    "setattr(client, 'api_key', key)",
    "[setting] = [m for m in ('gpt-4o', 'o3') if client.chat.completions.create(model=m, messages=[])]",
    "client, model = OpenAI(), 'gpt-4o'",
    "client: OpenAI = OpenAI()",
    "nested = [[client.embeddings.create(input=[x], model='text-embedding-3-small') for x in y] for y in z]",
    "client.beta.assistants.create(model='gpt-4o')",
    "client.images.generate(prompt='x')",
    "openai.api_key = 'sk-' + key",
)


def wrapped(text: str, chance: Chance) -> str:
    """A statement, with those that follow it in its block, inside a block of another kind."""
    return _wrapped(text, chance, chance.choice(_HEADS))


def in_a_try(text: str, chance: Chance) -> str:
    handlers = ("except OpenAIError:\n    pass", "except Exception as error:\n    raise", "finally:\n    pass")
    return _wrapped(text, chance, "try:", chance.choice(handlers))


def under_if_true(text: str, chance: Chance) -> str:
    """A block that always runs around one statement, but for one that may set the module's key.

    The tool does not look at what the condition is: a key that is set under one is for a person.
    """
    return _wrapped(text, chance, "if True:", only=(ast.Expr, ast.Return, ast.For, ast.With, ast.AugAssign))


def _wrapped(text: str, chance: Chance, head: str, tail: str = "", only: tuple[type[ast.stmt], ...] = ()) -> str:
    statements = [each for each in statements_of(text) if not only or isinstance(each[0], only)]
    statements = [each for each in statements if not _must_lead(each[0])]
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    newline = newline_of(text)
    at = indentation_of(text[start:end])
    inside = indented(text, start, end, "    " * (1 + head.count("case")))
    if not inside.endswith(("\n", "\r")):
        inside += newline
    lines = "".join(at + line + newline for line in head.split("\n"))
    after = "".join(at + line + newline for line in tail.split("\n")) if tail else ""
    return text[:start] + lines + inside + after + text[end:]


def _must_lead(node: ast.stmt) -> bool:
    """Whether it means something only where it stands: a docstring, an import of the future."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or (isinstance(node, ast.ImportFrom) and node.module == "__future__")


def statement_again(text: str, chance: Chance) -> str:
    """A copy of a statement, right behind it or somewhere else at the same depth."""
    statements = statements_of(text)
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    copied = text[start:end]
    same = [other for _, other, behind in statements if indentation_of(text[other:behind]) == indentation_of(copied)]
    place = end if chance.below(2) else chance.choice(same)
    copied = copied if copied.endswith(("\n", "\r")) else copied + newline_of(text)
    if place == len(text) and not text.endswith(("\n", "\r")):
        return text + newline_of(text) + copied
    return text[:place] + copied + text[place:]


def statement_gone(text: str, chance: Chance) -> str:
    statements = statements_of(text)
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    return text[:start] + text[end:]


def statement_put_in(text: str, chance: Chance) -> str:
    statements = statements_of(text)
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    line = indentation_of(text[start:end]) + chance.choice(_LINES) + newline_of(text)
    return text[:start] + line + text[start:]


def unrelated_statement(text: str, chance: Chance) -> str:
    """A statement that has nothing to do with the SDK, where it can be reached or not."""
    lines = ("pass", "_fuzzed = 1", "_fuzzed: int = 0", "(lambda: None)()", "def _fuzzed(): ...", "class _Fuzzed: ...")
    statements = [(start, end) for node, start, end in statements_of(text) if not _must_lead(node)]
    if not statements:
        return text
    start, end = chance.choice(statements)
    line = indentation_of(text[start:end]) + chance.choice(lines) + newline_of(text)
    return text[:start] + line + text[start:]


def other_text(text: str, chance: Chance) -> str:
    """Another model, key or address in the place of a text."""
    strings = [
        token for token in tokens_of(text) if token.kind == kinds.STRING and token.text[-1:] * 3 != token.text[-3:]
    ]
    if not strings:
        return text
    token = chance.choice(strings)
    new = (
        *(
            "'gpt-4o'",
            '"gpt-4.1-2025-04-14"',
            "'ft:gpt-4o:acme::1'",
            "'openai/gpt-4o'",
            "'o3'",
            "'gpt-4-vision-preview'",
        ),
        *("''", "None", "'https://api.openai.com/v1'", "'https://x.openai.azure.com'", "MODEL", "os.getenv('MODEL')"),
        *(
            'f"gpt-{4}o"',
            'f"{MODEL}"',
            "'gpt-\\x34o'",
            "rb'gpt-4o'",
            "u'gpt-4o'",
            "'gpt-4o' if fast else 'o3'",
            "'é☕'",
        ),
        *("f\"{client.chat.completions.create(model='gpt-4o', messages=[])}\"", "*['gpt-4o']", "(m := 'gpt-4o')"),
        *("'gpt-4-vision-preview'", "'é☕'"),
    )
    return text[: token.start] + chance.choice(new) + text[token.end :]


def other_argument(text: str, chance: Chance) -> str:
    """One more argument in a call."""
    new = (
        *("*args", "**options", "model='gpt-4o'", "api_key=None", "base_url=None", "base_url='https://x.test/v1'"),
        *("organization='o'", "default_headers={'X-Title': 'x'}", "stream=True", "stream=flag", "extra_body={'a': 1}"),
        *("http_client=None", "api_key=os.getenv('OPENAI_API_KEY')", "timeout=(yield)", "project=side_effect()"),
        *("store=True", "n=2", "previous_response_id=x", "functions=[f]", "default_headers=headers", "'gpt-4o'"),
    )
    tree = parsed(text)
    offsets = Offsets(text)
    ends = sorted({offsets.span(node)[1] for node in ast.walk(tree) if isinstance(node, ast.Call)}) if tree else []
    if not ends:
        return text
    end = chance.choice(ends) - 1
    comma = "" if text[:end].rstrip().endswith(("(", ",")) else ", "
    return f"{text[:end]}{comma}{chance.choice(new)}{text[end:]}"


def expression_wrapped(text: str, chance: Chance) -> str:
    """An expression as a part of a larger one."""
    tree = parsed(text)
    offsets = Offsets(text)
    kept = (ast.Call, ast.Constant, ast.Name, ast.Attribute)
    spans = sorted({offsets.span(node) for node in ast.walk(tree) if isinstance(node, kept)}) if tree else []
    if not spans:
        return text
    start, end = chance.choice(spans)
    forms = (
        *("(x := {})", "({} or other)", "({} if flag else None)", "wrap({})", "[{}][0]", "(lambda: {})()", "str({})"),
        *("{}.strip()", "(*[{}],)", 'f"{{{}}}"', "(yield {})", "(await {})", "cast(str, {})", "{{'k': {}}}['k']"),
    )
    return text[:start] + chance.choice(forms).format(text[start:end]) + text[end:]


def decorated(text: str, chance: Chance) -> str:
    statements = [each for each in statements_of(text) if hasattr(each[0], "decorator_list")]
    if not statements:
        return text
    _, start, end = chance.choice(statements)
    names = ("@staticmethod", "@property", "@lru_cache(maxsize=None)", "@retry", "@app.get('/x')", "@dataclass")
    return text[:start] + indentation_of(text[start:end]) + chance.choice(names) + newline_of(text) + text[start:]


def constant_in_another_module(tree: Tree, chance: Chance) -> Tree:
    """An assignment of a literal at module level moves to a new file, and is imported from there."""
    found = []
    for name in sorted(tree):
        root = parsed(text_of(tree[name])) if name.endswith(".py") else None
        for node in root.body if root else ():
            match node:
                case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Constant()):
                    found.append((name, bound, node))
    if not found:
        return tree
    name, bound, node = chance.choice(found)
    text = text_of(tree[name])
    start, end = Offsets(text).span(node)
    folder = PurePosixPath(name).parent
    other = folder / "fuzzed_constants.py"
    if other.as_posix() in tree:
        return tree
    package = "." if (folder / "__init__.py").as_posix() in tree else ""
    line = f"from {package}fuzzed_constants import {bound}"
    moved = {name: text[:start] + line + text[end:], other.as_posix(): text[start:end] + "\n"}
    return {**tree, **{path: data.encode("utf-8", "surrogateescape") for path, data in moved.items()}}


def renamed(tree: Tree, chance: Chance) -> Tree:
    """Another name for what is only assigned and read in one file, and no attribute, argument or word of a text."""
    every = b"\n".join(tree[name] for name in sorted(tree) if name.endswith(".py")).decode("utf-8", "replace")
    found = []
    for name in sorted(tree):
        root = parsed(text_of(tree[name])) if name.endswith(".py") else None
        if root is not None:
            found += [(name, each) for each in sorted(_plain_names(root, every))]
    if not found:
        return tree
    name, old = chance.choice(found)
    text = text_of(tree[name])
    for token in reversed(tokens_of(text)):
        if token.kind == kinds.NAME and token.text == old:
            text = f"{text[: token.start]}{old}_{text[token.end :]}"
    return tree if parsed(text) is None else {**tree, name: text.encode("utf-8", "surrogateescape")}


def _plain_names(root: ast.Module, every: str) -> set[str]:
    """The names that are bound in the tree, and stand nowhere else than as names of it."""
    names = [node for node in ast.walk(root) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {
        name
        for name in bound
        if len(re.findall(rf"\b{re.escape(name)}\b", every)) == sum(node.id == name for node in names)
        and name not in dir(builtins)
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and not name.endswith("_")
    }


MEANING: tuple[Mutation, ...] = (
    *(
        of_text(each, Preserves.NOTHING)
        for each in (
            wrapped,
            in_a_try,
            statement_again,
            statement_gone,
            statement_put_in,
            other_text,
            other_argument,
            expression_wrapped,
            decorated,
        )
    ),
    of_text(under_if_true, Preserves.EDITS),
    of_text(unrelated_statement, Preserves.EDITS),
    Mutation("constant_in_another_module", Preserves.NOTHING, constant_in_another_module),
    Mutation("renamed", Preserves.EDITS, renamed),
)
