"""The controls of ``or-migrate verify``: what it must call good, a problem, and inconclusive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from codemod.cli import run
from codemod.verify.answers import TEXT

ROOT = Path(__file__).resolve().parents[2]
REAL_KEY = "sk-proj-areallyrealkey0123456789"

# A program without the SDK: it starts ten times as fast.
PLAIN = """import json, os, sys, urllib.request

BASE, KEY = "https://api.openai.com/v1", os.environ["OPENAI_API_KEY"]


def ask(**body):
    head = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    if "OPENAI_ORG_ID" in os.environ:  # as the SDK does
        head["OpenAI-Organization"] = os.environ["OPENAI_ORG_ID"]
    request = urllib.request.Request(BASE + "/chat/completions", json.dumps(body).encode(), head)
    return json.load(urllib.request.urlopen(request))["choices"][0]["message"]["content"]


for text in ("one", "two"):
    print(ask(model="gpt-4o", messages=[{"role": "user", "content": text}], temperature=0.2))
"""


def migrated(source: str) -> str:
    source = source.replace("https://api.openai.com/v1", "https://openrouter.ai/api/v1")
    return source.replace("OPENAI_API_KEY", "OPENROUTER_API_KEY").replace('"gpt-4o"', '"openai/gpt-4o"')


SDK = """import os
from openai import OpenAI

client = OpenAI()
"""
SDK_MIGRATED = """import os
from openai import OpenAI

client = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
"""
ASK = """
print(client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}]).model)
"""
STREAM = """
for chunk in client.chat.completions.create(model="gpt-4o", messages=[], stream=True):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")
"""
# The migrated one asks in another order, as it may.
ASYNC = """import asyncio, os
from openai import AsyncOpenAI


async def main():
    async with AsyncOpenAI() as client:
        def ask(text):
            return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])

        await asyncio.gather(*map(ask, ["one", "two", "three"]))
        await ask("last")


asyncio.run(main())
"""
ASYNC_MIGRATED = (
    ASYNC.replace("AsyncOpenAI()", SDK_MIGRATED.splitlines()[3].replace("client = ", "Async"))
    .replace('"gpt-4o"', '"openai/gpt-4o"')
    .replace('["one", "two", "three"]', '["three", "one", "two"]')
)


@dataclass(frozen=True)
class Done:
    code: int
    report: str
    printed: str

    @property
    def json(self) -> Any:
        return json.loads(self.report)


Verify = Callable[..., Done]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Verify:
    """Verifies a program, given as its source after and (unless None) before its migration."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "OPENROUTER_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("OPENAI_API_KEY", REAL_KEY)
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def run_it(
        after: str, before: str | None = None, *options: str, form: str = "json", folder: Path = temporary
    ) -> Done:
        for name, source in (("after", after), ("before", before)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "app.py").write_text(source or "")
        monkeypatch.chdir(tmp_path / "after")
        copy = () if before is None else ("--before", "../before")
        capfdbinary.readouterr()
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(folder))
            code = run(["verify", *copy, "--format", form, *options, "--", sys.executable, "app.py"])
        out, err = capfdbinary.readouterr()
        assert list(temporary.iterdir()) == []
        assert REAL_KEY not in out.decode()
        return Done(code, out.decode(), err.decode())

    return run_it


def problems(done: Done) -> list[str]:
    return [text for entry in done.json["requests"] for text in entry["problems"]]


def test_a_right_migration_of_a_call_and_a_stream(verify: Verify) -> None:
    done = verify(SDK_MIGRATED + (ASK + STREAM).replace('"gpt-4o"', '"openai/gpt-4o"'), SDK + ASK + STREAM)
    assert (done.code, done.json["verdict"]) == (0, "good"), done.report
    assert done.json["summary"] == {"observed": 2, "equivalent": 2}
    entry = done.json["requests"][0]
    assert (entry["before"]["host"], entry["after"]["host"]) == ("api.openai.com", "openrouter.ai")
    assert done.printed == f"gpt-4o\n{TEXT}openai/gpt-4o\n{TEXT}"


def test_async_and_concurrent_in_another_order(verify: Verify) -> None:
    done = verify(ASYNC_MIGRATED, ASYNC)
    assert (done.code, done.json["summary"]) == (0, {"observed": 4, "equivalent": 4}), done.report


def test_the_organization_from_the_environment(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    done = verify(migrated(PLAIN), PLAIN)
    assert done.code == 1
    text = problems(done)[0]
    assert text.startswith("headers: sends the header openai-organization of OpenAI")


def test_without_a_copy_the_requests_are_judged_alone(verify: Verify) -> None:
    done = verify(migrated(PLAIN))
    assert (done.code, done.json["summary"]) == (0, {"observed": 2, "without_problem": 2})


def test_a_missed_model(verify: Verify) -> None:
    done = verify(migrated(PLAIN).replace("openai/gpt-4o", "gpt-4o"), PLAIN)
    assert done.code == 1
    assert "model: gpt-4o is not a valid model ID; OpenRouter calls it openai/gpt-4o" in problems(done)


def test_another_model(verify: Verify) -> None:
    done = verify(migrated(PLAIN).replace("openai/gpt-4o", "openai/gpt-4o-mini"), PLAIN)
    assert (done.code, problems(done)) == (1, ["model: gpt-4o became openai/gpt-4o-mini"] * 2)


def test_a_model_of_the_configured_table(verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.or-migrate.map]\n"gpt-4o" = "anthropic/claude-sonnet-4.5"\n')
    done = verify(migrated(PLAIN).replace("openai/gpt-4o", "anthropic/claude-sonnet-4.5"), PLAIN)
    assert (done.code, problems(done)) == (0, [])


def test_an_id_of_another_vendor_that_is_not_listed(verify: Verify, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.or-migrate.map]\n"gpt-4o" = "anthropic/claude-of-tomorrow"\n')
    done = verify(migrated(PLAIN).replace("openai/gpt-4o", "anthropic/claude-of-tomorrow"), PLAIN)
    assert "does not list it" in done.json["requests"][0]["notes"][0]


def test_not_migrated(verify: Verify) -> None:
    done = verify(PLAIN, PLAIN)
    assert done.code == 1
    assert problems(done) == ["host: still goes to api.openai.com, although OpenRouter serves it"] * 2


def test_the_old_key_is_seen(verify: Verify) -> None:
    done = verify(migrated(PLAIN).replace("OPENROUTER_API_KEY", "OPENAI_API_KEY"), PLAIN)
    assert done.code == 1
    assert problems(done)[0].startswith("key: Invalid API key: this is not an OpenRouter API key")


def test_a_changed_temperature(verify: Verify) -> None:
    done = verify(migrated(PLAIN).replace("0.2", "0.7"), PLAIN)
    assert (done.code, problems(done)) == (1, ["temperature: 0.2 became 0.7"] * 2)


def test_another_order(verify: Verify) -> None:
    done = verify(migrated(PLAIN).replace('("one", "two")', '("two", "one")'), PLAIN)
    assert (done.code, done.json["problems"]) == (1, ["the requests come in another order"])


def test_a_crash_before(verify: Verify) -> None:
    done = verify(migrated(PLAIN), PLAIN + "\nsys.exit(7)\n")
    assert (done.code, done.json["doubt"]) == (4, "the unmigrated program ended with exit code 7")
    assert done.json["after"] is None


def test_a_crash_after(verify: Verify) -> None:
    done = verify(migrated(PLAIN) + "\nsys.exit(7)\n", PLAIN)
    assert (done.code, done.json["problems"]) == (1, ["the program ended with exit code 7"])
    done = verify("raise SystemExit(7)", PLAIN)
    assert done.code == 1
    assert done.json["problems"][1] == "2 requests of the unmigrated program no longer sent"


def test_a_signal(verify: Verify) -> None:
    done = verify(migrated(PLAIN) + "\nos.kill(os.getpid(), 9)\n")
    assert (done.code, done.json["problems"]) == (1, ["the program was ended by signal SIGKILL"])


def test_no_requests(verify: Verify) -> None:
    assert verify("print('x')").code == 4
    done = verify("print('x')", "print('x')")
    assert (done.code, done.json["doubt"]) == (4, "the unmigrated program made no request")


def test_a_copy_that_is_migrated_already(verify: Verify) -> None:
    done = verify(migrated(PLAIN), migrated(PLAIN).replace("OPENROUTER_API_KEY", "OPENAI_API_KEY").split("\nfor")[0])
    assert done.code == 4
    after = 'KEY = "sk-or-v1-1"'.join(migrated(PLAIN).split('KEY = os.environ["OPENROUTER_API_KEY"]'))
    done = verify(after, after.replace("BASE, KEY", 'KEY = "sk-or-v1-1"\nBASE, _'))
    assert done.code == 4


def test_a_server_that_does_not_start(verify: Verify, tmp_path: Path) -> None:
    done = verify(migrated(PLAIN), folder=tmp_path / "gone")
    assert done.code == 4
    assert done.json["doubt"].startswith("the stand-in did not start: ")


def test_a_program_that_does_not_end(verify: Verify) -> None:
    done = verify(migrated(PLAIN) + "\nsys.stdin = open(os.pipe()[0])\nsys.stdin.read()\n", None, "--timeout", "1.5")
    assert (done.code, done.json["doubt"]) == (4, "the program was stopped before its end")
    assert done.json["after"]["timed_out"] is True


def test_the_program_knows_no_real_key(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-api03-reallyreal0123456789")
    monkeypatch.setenv("MY_SECRET", "sk-or-v1-0123456789abcdef0123456789abcdef")
    source = "\nprint({n: v for n, v in os.environ.items() if 'KEY' in n or n == 'MY_SECRET'}, KEY)\n"
    done = verify(migrated(PLAIN) + source)
    assert "real" not in done.printed
    assert "0123456789abcdef" not in done.printed
    assert "'OPENAI_API_KEY': 'sk-proj-000" in done.printed


def test_a_key_on_the_command_line_is_masked(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--", sys.executable, "-c", "pass", REAL_KEY]) == 4
    assert REAL_KEY not in capfd.readouterr().out


def test_the_report_for_a_person(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = verify(migrated(PLAIN).replace("0.2", "0.7"), PLAIN, form="terminal")
    assert (
        "1   openrouter.ai  POST /chat/completions  openai/gpt-4o  OpenRouter  -        200     problem" in done.report
    )
    assert "   - temperature: 0.2 became 0.7" in done.report
    assert "Verdict  2 requests observed, 0 equivalent" in done.report
    assert "prove" not in done.report


def test_the_report_in_a_narrow_terminal(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    done = verify(migrated(PLAIN).replace("0.2", "0.7"), PLAIN, form="terminal")
    assert done.report.startswith(
        "1  POST /chat/completions: problem\n"
        "   openrouter.ai, model openai/gpt-4o, key OpenRouter,\n"
        "   headers -, answer 200\n"
        "   - temperature: 0.2 became 0.7\n"
    )
    assert [line for line in done.report.splitlines() if len(line) > 60 and not line.startswith("Command")] == []


BY_SETTING = PLAIN.replace(
    '"https://api.openai.com/v1"', 'os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")'
)


def test_a_program_that_a_setting_migrates(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://openrouter.ai/api/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-or-v1-areallyrealkey0123456789")
    done = verify(BY_SETTING.replace('"gpt-4o"', '"openai/gpt-4o"'), BY_SETTING)
    assert (done.code, done.json["summary"]) == (0, {"observed": 2, "equivalent": 2}), done.report


def test_a_setting_that_leads_the_unmigrated_program_elsewhere(verify: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example.com/v1")
    done = verify(BY_SETTING, BY_SETTING)
    doubt = "the unmigrated program made no request to OpenAI; OPENAI_BASE_URL is set here"
    assert (done.code, done.json["doubt"]) == (4, doubt)


def test_credentials_in_addresses_are_not_shown(verify: Verify) -> None:
    other = """
for path in ("bot123456789:AAE1xample2Example3Example4Example5/sendMessage", "x?token=t0pSecret"):
    try:
        urllib.request.urlopen("https://api.example.com/" + path)
    except urllib.error.HTTPError:
        pass
"""
    done = verify(migrated(PLAIN) + other)
    assert (done.code, "AAE1xample" in done.report, "t0pSecret" in done.report) == (0, False, False)
    assert "sendMessage" in done.report


def test_a_request_to_another_host_is_listed(verify: Verify) -> None:
    other = """
try:
    urllib.request.urlopen("https://hooks.example.com/x?api_key=sk-proj-abcdefghijklmnop")
except urllib.error.HTTPError as error:
    print(error.code)
"""
    done = verify(migrated(PLAIN) + other)
    assert done.code == 0
    entry = done.json["requests"][-1]
    assert (entry["verdict"], entry["after"]["host"]) == ("not judged", "hooks.example.com")
    assert done.printed.endswith("403\n")


WRONG_USE = [
    (["verify"], "COMMAND"),
    (["verify", "--", "no-such-program"], "no-such-program cannot be run"),
    (["verify", "--before", "gone", "--", "true"], "there is no such folder"),
    (["verify", "--before", ".", "--", "true"], "it must be the copy that was not migrated"),
]


@pytest.mark.parametrize(("words", "text"), WRONG_USE, ids=[text for _, text in WRONG_USE])
def test_wrong_use(
    words: list[str], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    assert text in capfd.readouterr().err


def test_a_folder_of_that_name_does_not_hide_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "verify").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(["verify", "--", sys.executable, "-c", ""]) == 4
    assert run(["verify"]) == 2


def test_the_help_says_what_happens(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--help"]) == 0
    text = " ".join(capfd.readouterr().out.split())
    assert "The program really runs, with --before twice" in text
    assert "is real" in text


def test_without_the_extra_it_names_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "trustme.py").write_text("raise ModuleNotFoundError('no', name='trustme')")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    done = subprocess.run(
        [sys.executable, "-m", "codemod", "verify", "--", "true"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "error: verify needs the extra of that name: pip install 'or-migrate[verify]'\n"


def test_other_commands_do_not_load_it() -> None:
    code = "import sys, codemod.cli, codemod.migrate; print([n for n in sys.modules if n.startswith('codemod.verify')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


ENDLESS = """import signal, subprocess, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
subprocess.Popen(["sleep", "600"])
print("ready", file=sys.stderr, flush=True)
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_ends_the_program_and_all_that_it_started(tmp_path: Path, number: int) -> None:
    (tmp_path / "app.py").write_text(ENDLESS)
    (tmp_path / "temporary").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-m", "codemod", "verify", "--", sys.executable, "app.py"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore the interrupt, and what they start inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        process.send_signal(number)
        # Another one disturbs nothing.
        process.send_signal(signal.SIGTERM)
        # What they print goes to one pipe: its end has come when all of them have ended.
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, "Traceback" in err) == (130, "", False), err
    assert list((tmp_path / "temporary").iterdir()) == []
