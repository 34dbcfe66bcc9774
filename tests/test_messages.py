"""What findings say: the names in them are those that stand in the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_fixtures import run_tool

CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"


@pytest.mark.parametrize(
    ("main", "rule", "expected"),
    [
        pytest.param(
            "import click\n" + CLIENT + "MODEL = 'gpt-4o'\nclick.echo(f\"with {click.style(MODEL, fg='blue')}\")\n"
            "client.chat.completions.create(model=MODEL, messages=[])\n",
            "OR203",
            "prefixed here: the value also goes to click.style()",
            id="call_in_an_f_string",
        ),
        pytest.param(
            "import argparse\n\nfrom openai import OpenAI\n\nparser = argparse.ArgumentParser()\n"
            'parser.add_argument("--api-key")\noptions = parser.parse_args()\n'
            "client = OpenAI(api_key=options.api_key)\nclient.chat.completions.create(model='gpt-4o', messages=[])\n",
            "OR111",
            "the end user may give the key as the option api_key",
            id="key_from_the_command_line",
        ),
    ],
)
def test_a_finding_names_what_it_is_about(tmp_path: Path, main: str, rule: str, expected: str) -> None:
    (tmp_path / "main.py").write_text(main)
    _, report = run_tool(tmp_path, ["--dry-run"])
    assert [each["message"] for each in report["findings"] if each["rule"] == rule] == [expected]
