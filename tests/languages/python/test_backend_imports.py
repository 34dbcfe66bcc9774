"""Where ``import os`` goes."""

from __future__ import annotations

import pytest

from codemod.languages.python import imports
from codemod.languages.python.backend import Edited, apply_rewrites
from codemod.rewrites import EnvironmentCode, ReplaceExpression
from tests.languages.python.edits import at, edit

# KEY stands for the place that reads the environment; IMPORT for the place where the import is expected.
PLACES = {
    "alphabetical": "import json\nIMPORTimport sys\n\nfrom openai import OpenAI\nk = KEY\n",
    "before_all_where_none_sorts_after": "IMPORTimport asyncio\nimport json\n\nimport openai\n\nk = KEY\n",
    "third_party_only": "IMPORTfrom openai import OpenAI\nk = KEY\n",
    "third_party_that_sorts_after": "IMPORTimport requests\nimport openai\nk = KEY\n",
    "not_before_from_imports": "IMPORTfrom sys import argv\nimport openai\nk = KEY\n",
    "several_on_a_line": "import json, asyncio\nIMPORTimport sys, json\nk = KEY\n",
    "not_before_other_packages": "import json\nimport os_like, x\nIMPORTimport urllib.request\nk = KEY\n",
    "docstring": '"""Doc."""\n\nIMPORTimport sys\nk = KEY\n',
    "docstring_over_lines": '"""Doc.\n\n# no comment"""\nIMPORTimport openai\nk = KEY\n',
    "future": "from __future__ import annotations\nfrom __future__ import division\n\nIMPORTimport sys\nk = KEY\n",
    "docstring_and_future": "'''Doc.'''\nfrom __future__ import annotations\nIMPORTimport openai\nk = KEY\n",
    "shebang_and_encoding": "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nIMPORTimport openai\nk = KEY\n",
    "licence": "# Copyright\n# Licence\n\nIMPORTimport openai\nk = KEY\n",
    "comment_above_the_import": "# Copyright\n\n# Third party:\nIMPORTimport openai\nk = KEY\n",
    "over_lines": "IMPORTfrom openai import (\n    OpenAI,\n)\nk = KEY\n",
    "first_block_only": "IMPORTimport json\nx = 1\nimport sys\nk = KEY\n",
    "behind_an_assignment": "__version__ = '1'\nIMPORTimport openai\nk = KEY\n",
    "try": "IMPORTtry:\n    import openai\nexcept ImportError:\n    pass\nk = KEY\n",
    "condition": "# why\nIMPORTif TYPE_CHECKING:\n    import openai\nimport sys\nk = KEY\n",
    "condition_with_its_comment": "'Doc'\n\nIMPORT# why\nif TYPE_CHECKING:\n    import openai\nk = KEY\n",
    "in_a_function": "IMPORTimport openai\ndef f():\n    return KEY\n",
    "import_of_a_function_only": "IMPORT\ndef f():\n    import openai\n    return KEY\n",
    "conditional_os": "IMPORTimport sys\nif a:\n    import os\nk = KEY\n",
    "conditional_os_first": "IMPORTtry:\n    import os\nfinally: pass\nk = KEY\n",
    "os_behind_the_use": "IMPORTimport sys\nk = KEY\nimport os\n",
    "os_behind_the_use_in_a_class": "IMPORTimport sys\nclass A:\n    k = KEY\nimport os\n",
    "os_in_another_function": "IMPORTimport sys\ndef f():\n    import os\nk = KEY\n",
    "use_before_the_imports": "IMPORT\nk = KEY\nimport sys\n",
    "no_imports": "IMPORT\nk = KEY\n",
    "no_imports_but_a_docstring": '"""Doc."""\n\nIMPORT\nx = 1\nk = KEY\n',
    "no_imports_but_comments": "#!/usr/bin/env python\n\nIMPORT\n# the key\nk = KEY\n",
    "no_imports_but_a_header": "#!/usr/bin/env python\n# Copyright\nIMPORT\nk = KEY\n",
    "no_imports_but_decorators": "IMPORT\n@a\n@b\ndef f(k=KEY): pass\n",
    "first_of_several": "IMPORTimport openai; k = KEY\n",
    "form_feed": "IMPORT\x0cimport openai\nk = KEY\n",
}


@pytest.mark.parametrize("template", PLACES.values(), ids=PLACES)
def test_place_of_the_import(template: str) -> None:
    before = template.replace("IMPORT\n", "").replace("IMPORT", "").replace("KEY", "None")
    after = template.replace("IMPORT", "import os\n").replace("KEY", 'os.environ["X"]')
    if "'" in before and '"' not in before:
        after = after.replace('"X"', "'X'")
    if "'''" in before:
        after = after.replace("'X'", '"X"')
    assert edit(before, ReplaceExpression(at(before, "None"), EnvironmentCode("X"))) == after


SEMICOLONS = {
    "behind_the_docstring": (
        "'Doc'; import openai\nk = None\n",
        "'Doc'; import os; import openai\nk = os.environ['X']\n",
    ),
    "behind_future": (
        "from __future__ import annotations; k = None\n",
        'from __future__ import annotations; import os; k = os.environ["X"]\n',
    ),
    "between_imports": (
        "import json; import sys\nk = None\n",
        'import json; import os; import sys\nk = os.environ["X"]\n',
    ),
    "behind_a_docstring_over_lines": (
        '"""Doc.\n"""; import openai\nk = None\n',
        '"""Doc.\n"""; import os; import openai\nk = os.environ["X"]\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), SEMICOLONS.values(), ids=SEMICOLONS)
def test_statements_that_share_a_line(before: str, after: str) -> None:
    assert edit(before, ReplaceExpression(at(before, "None"), EnvironmentCode("X"))) == after


def test_one_import_for_all_that_need_it() -> None:
    text = "import openai\na = None\nb = 0\n"
    rewrites = [
        ReplaceExpression(at(text, "0"), EnvironmentCode("X")),
        ReplaceExpression(at(text, "None"), EnvironmentCode("Y")),
    ]
    result = apply_rewrites(text, rewrites, newline="\n", line_length=None)
    assert isinstance(result, Edited)
    assert result.text == 'import os\nimport openai\na = os.environ["Y"]\nb = os.environ["X"]\n'
    first = result.edits[0]
    assert (first.span.start, first.span.end, first.before, first.after) == (0, 0, "", "import os\n")
    assert first.rewrites == tuple(rewrites)


def test_only_what_needs_the_import_gets_it() -> None:
    text = "from os import environ\ndef f(environ):\n    return None\nk = 0\n"
    rewrites = [
        ReplaceExpression(at(text, "0"), EnvironmentCode("X")),
        ReplaceExpression(at(text, "None"), EnvironmentCode("Y")),
    ]
    assert edit(text, *rewrites) == (
        'import os\nfrom os import environ\ndef f(environ):\n    return os.environ["Y"]\nk = environ["X"]\n'
    )


def test_file_that_is_one_expression() -> None:
    assert edit("None", ReplaceExpression(at("None", "None"), EnvironmentCode("X"))) == 'import os\n\nos.environ["X"]'


def test_a_file_is_searched_for_bindings_once_for_all_edits(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    search = imports._bindings
    monkeypatch.setattr(imports, "_bindings", lambda scope, name: searched.append(name) or search(scope, name))
    text = "import sys\n" + "k = None\n" * 20
    rewrites = [ReplaceExpression(at(text, "None", nth), EnvironmentCode("X")) for nth in range(20)]
    assert isinstance(apply_rewrites(text, rewrites, newline="\n", line_length=None), Edited)
    assert searched == ["os"]
