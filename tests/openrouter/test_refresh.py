"""Fetching the listing, from a server of this test on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath

import pytest

from codemod.cli import run
from codemod.openrouter import refresh as module
from codemod.openrouter.catalogue import choose, embedded
from codemod.openrouter.refresh import RefreshError, cache_file, refresh
from codemod.run import Exit
from codemod.show_models import show_models
from tests.openrouter.listings import answer

TODAY = date(2027, 2, 1)
GOOD = json.dumps(answer("acme/rocket")).encode()


@dataclass(frozen=True)
class Server:
    """Answers every request with ``body``; ``seen`` are the headers that it got."""

    url: str
    seen: list[dict[str, str]]


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ThreadingHTTPServer] = []
    release = threading.Event()

    def start(body: bytes = GOOD, status: int = 200, length: int | None = None, *, stalls: bool = False) -> Server:
        seen: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                seen.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) + stalls if length is None else length))
                self.end_headers()
                self.wfile.write(body)
                if stalls:
                    self.wfile.flush()
                    release.wait(10)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return Server(f"http://127.0.0.1:{server.server_port}/api/v1/models", seen)

    yield start
    release.set()
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "or-migrate" / "models.json"


def test_the_listing_is_kept_and_used(serve: Serve, path: Path) -> None:
    server = serve()
    listing = refresh(path, TODAY, url=server.url)
    assert (listing.as_of, len(listing.models)) == ("2027-02-01", 101)
    chosen, note = choose(None, path)
    assert (chosen.origin, chosen.path, chosen.as_of, note) == ("refreshed", path, "2027-02-01", None)
    assert chosen.openrouter["acme/rocket"] == next(each for each in listing.models if each.id == "acme/rocket")
    assert len(path.read_bytes()) < len(GOOD)
    assert json.loads(path.read_bytes())["source"] == server.url
    assert [each.name for each in path.parent.iterdir()] == ["models.json"]


def test_no_key_is_sent(serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-v1-secret")
    server = serve()
    refresh(path, TODAY, url=server.url)
    (headers,) = server.seen
    assert "Authorization" not in headers
    assert "secret" not in str(headers)


def check_refused(server: Server, path: Path, message: str, seconds: float = 10) -> None:
    """It ends with one line, and what was kept before stays as it was."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"before")
    with pytest.raises(RefreshError) as caught:
        refresh(path, TODAY, url=server.url, seconds=seconds)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == b"before"
    assert [each.name for each in path.parent.iterdir()] == ["models.json"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "the answer is not valid JSON"),
        (b"\xff", "the answer is not valid JSON"),
        (b"", "the answer is not valid JSON"),
        (b"[1]", 'a table "data" is missing'),
        (b'{"data": [{"id": "openai/gpt-4o"}]}', "1 rows are too few"),
        (GOOD.replace(b'"context_length": 8192', b'"context_length": "x"', 1), "context_length of acme/rocket"),
    ],
)
def test_a_malformed_answer(body: bytes, message: str, serve: Serve, path: Path) -> None:
    check_refused(serve(body), path, message)


def test_an_error_of_the_server(serve: Serve, path: Path) -> None:
    check_refused(serve(b"busy", 503), path, "the server answers 503 Service Unavailable")


def test_an_answer_that_breaks_off(serve: Serve, path: Path) -> None:
    check_refused(serve(GOOD[:-9], length=len(GOOD)), path, "")


def test_an_answer_that_stalls(serve: Serve, path: Path) -> None:
    check_refused(serve(GOOD, stalls=True), path, "no complete answer within 0.2 seconds", seconds=0.2)


def test_an_answer_that_is_too_large(serve: Serve, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    check_refused(serve(), path, "the answer is larger than")


def test_no_server(serve: Serve, path: Path) -> None:
    check_refused(Server("http://127.0.0.1:1/models", []), path, "cannot be fetched: ")


def test_a_folder_that_cannot_be_written(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RefreshError, match="cannot be written"):
        refresh(tmp_path / "file" / "models.json", TODAY, url=serve().url)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, "/home/a/.cache/or-migrate/models.json"),
        ("linux", {"XDG_CACHE_HOME": "/c"}, "/c/or-migrate/models.json"),
        ("darwin", {}, "/home/a/Library/Caches/or-migrate/models.json"),
        ("darwin", {"XDG_CACHE_HOME": "/c"}, "/c/or-migrate/models.json"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/or-migrate/models.json"),
        ("win32", {}, "/home/a/AppData/Local/or-migrate/models.json"),
    ],
)
def test_the_cache_folder(platform: str, environment: dict[str, str], expected: str) -> None:
    assert cache_file(environment, platform, Path("/home/a")) == Path(PurePath(expected))


# The command


def test_the_command_says_what_it_fetched(serve: Serve, path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert show_models("", as_json=False, url=serve().url) is Exit.DONE
    out, err = capfd.readouterr()
    assert (out, err.startswith("101 models, as of "), str(path) in err) == ("", True, True)
    assert show_models("rocket", as_json=False) is Exit.DONE
    assert "acme/rocket" in capfd.readouterr().out


def test_the_command_without_a_server_is_one_line(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert show_models("gpt-4.1", as_json=False, url="http://127.0.0.1:1/models") is Exit.FAILED
    out, err = capfd.readouterr()
    assert "openai/gpt-4.1" in out
    assert err.count("\n") == 1
    assert err.endswith(f"; the catalogue of {embedded().as_of} stays in use\n")


def test_a_run_says_that_it_used_the_refreshed_one(
    serve: Serve, path: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(path, TODAY, url=serve().url)
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    assert run([".", "--dry-run", "--format", "json"]) == 0
    used = json.loads(capfd.readouterr().out)["catalogue"]
    assert (used["origin"], used["as_of"]) == ("refreshed", "2027-02-01")
