from __future__ import annotations

from pathlib import Path

import pytest

from codemod.config import Config, ConfigError, Settings, build_config, load_settings, parse_map

KNOWN = {"OR101", "OR102", "OR201", "OR203", "OR901"}
EVERYTHING = """
[tool.or-migrate]
base-url = "https://eu.openrouter.ai/api/v1/"
api-key-env = "ROUTER_KEY"
site-url = "https://example.org"
app-title = "Demo"
title-header = "X-OpenRouter-Title"
select = ["OR1", "OR201"]
ignore = ["OR102"]
exclude = ["tests/", "*.gen.py"]
force-exclude = true
gitignore = false
unsafe = true
strict = true
allow-host = false
[tool.or-migrate.models]
gpt-4o = "anthropic/claude-sonnet-4.5"
[tool.black]
line-length = 100
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The pyproject.toml of a project."""
    path = tmp_path / "project" / "pyproject.toml"
    path.parent.mkdir()
    return path


def section(project: Path, text: str) -> Settings:
    project.write_text("[tool.or-migrate]\n" + text)
    return load_settings(project.parent)


def build(settings: Settings | None = None, **options) -> Config:
    return build_config(settings or Settings(), Settings(**options), known=KNOWN)


def error(settings: Settings | None = None, **options) -> str:
    with pytest.raises(ConfigError) as caught:
        build(settings, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Reading.


def test_reads_every_key(project: Path) -> None:
    project.write_text(EVERYTHING)
    assert build(load_settings(project.parent)) == Config(
        base_url="https://eu.openrouter.ai/api/v1",
        api_key_env="ROUTER_KEY",
        site_url="https://example.org",
        app_title="Demo",
        title_header="X-OpenRouter-Title",
        models={"gpt-4o": "anthropic/claude-sonnet-4.5"},
        select=("OR1", "OR201"),
        ignore=("OR102",),
        exclude=("tests/", "*.gen.py"),
        force_exclude=True,
        gitignore=False,
        unsafe=True,
        strict=True,
        allow_host=False,
        line_length=100,
    )


def test_the_nearest_file_counts_even_if_it_says_nothing(project: Path) -> None:
    project.write_text("[tool.or-migrate]\nunsafe = true\n")
    inner = project.parent / "pkg/deep"
    inner.mkdir(parents=True)
    (inner / "a.py").touch()
    assert load_settings(inner).unsafe
    assert load_settings(inner / "a.py").path == project
    (inner / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert load_settings(inner) == Settings(path=inner / "pyproject.toml")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert build(load_settings(tmp_path)) == build() == Config()


def test_map_and_models_are_one_table(project: Path) -> None:
    assert section(project, 'map = {a = "x/a"}').models == {"a": "x/a"}
    with pytest.raises(ConfigError, match="same table"):
        section(project, 'map = {a = "x/a"}\nmodels = {b = "x/b"}')


@pytest.mark.parametrize(
    ("key", "nearest"),
    [("base_url", "base-url"), ("excludes", "exclude"), ("models-map", "models"), ("allow_hosts", "allow-host")],
)
def test_an_unknown_key_names_the_nearest(project: Path, key: str, nearest: str) -> None:
    with pytest.raises(ConfigError) as caught:
        section(project, f'{key} = "x"')
    assert str(caught.value) == f'{project}: unknown key "{key}" in [tool.or-migrate]; did you mean "{nearest}"?'


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("base-url = 1", "a text"),
        ("site-url = ['x']", "a text"),
        ("select = 'OR201'", "a list of texts"),
        ("exclude = [1]", "a list of texts"),
        ("unsafe = 1", "true or false"),
        ("gitignore = 'no'", "true or false"),
        ("map = ['a=b']", "a table of texts"),
        ("map = {a = 1}", "a table of texts"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(project: Path, line: str, kind: str) -> None:
    with pytest.raises(ConfigError) as caught:
        section(project, line)
    assert str(caught.value) == f"{project}: {line.partition(' ')[0]} in [tool.or-migrate] must be {kind}"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"[tool]\n\nx = = 1\n", 3),
        (b"[tool]\r\n\r\nx = = 1\r\n", 3),
        (b"[tool]\nx = '\xe9'\n", 2),
    ],
)
def test_malformed_toml_names_file_and_line(project: Path, data: bytes, line: int) -> None:
    project.write_bytes(data)
    with pytest.raises(ConfigError) as caught:
        load_settings(project.parent)
    assert str(caught.value).startswith(f"{project}:{line}: not valid TOML")
    assert "\n" not in str(caught.value)


def test_a_section_that_is_no_table_is_an_error(project: Path) -> None:
    project.write_text("[tool]\nor-migrate = 1\n")
    with pytest.raises(ConfigError, match="must be a table"):
        load_settings(project.parent)


def test_a_byte_order_mark_does_no_harm(project: Path) -> None:
    project.write_bytes(b"\xef\xbb\xbf[tool.or-migrate]\r\nunsafe = true\r\n")
    assert load_settings(project.parent).unsafe


@pytest.mark.parametrize(
    ("files", "length"),
    [
        ({"pyproject.toml": "[tool.ruff]\nline-length = 99"}, 99),
        ({"pyproject.toml": "[tool.black]\nline-length = 79"}, 79),
        ({"pyproject.toml": "[tool.black]\nline-length = 79\n[tool.ruff]\nline-length = 99"}, 99),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 99", "ruff.toml": "line-length = 77"}, 77),
        ({"pyproject.toml": "", ".ruff.toml": "line-length = 66", "ruff.toml": "line-length = 77"}, 66),
        ({"pyproject.toml": "[tool.black]\nline-length = 79", "ruff.toml": "line-length = ="}, 79),
        ({"ruff.toml": "line-length = 77"}, 77),
        ({"pyproject.toml": "[tool]\nruff = 1\n[tool.black]\nline-length = 'x'"}, None),
        ({"pyproject.toml": "[tool.ruff]\nline-length = true"}, None),
        ({"pyproject.toml": "tool = 1"}, None),
        ({}, None),
    ],
)
def test_line_length_of_the_project(project: Path, files: dict[str, str], length: int | None) -> None:
    for name, text in files.items():
        (project.parent / name).write_text(text)
    inner = project.parent / "pkg"
    inner.mkdir()
    assert build(load_settings(inner)).line_length == length


# Building.


def test_options_beat_the_file(project: Path) -> None:
    project.write_text(EVERYTHING)
    config = build(load_settings(project.parent), unsafe=False, gitignore=True, select=("OR203",), app_title="Other")
    assert (config.unsafe, config.gitignore, config.select, config.app_title) == (False, True, ("OR203",), "Other")
    assert config.strict


def test_model_maps_are_joined(project: Path) -> None:
    settings = section(project, 'map = {a = "x/a", b = "x/b"}')
    assert build(settings, models={"b": "y/b"}).models == {"a": "x/a", "b": "y/b"}


def test_an_empty_option_takes_a_header_back(project: Path) -> None:
    settings = section(project, 'app-title = "Demo"\nsite-url = "https://example.org"')
    assert build(settings, app_title="").headers == (("HTTP-Referer", "https://example.org"),)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api/v1//", "https://openrouter.ai/api/v1"),
        ("https://EU.OpenRouter.ai:443/api/v1", "https://EU.OpenRouter.ai:443/api/v1"),
    ],
)
def test_takes_a_url_on_openrouter(given: str, kept: str) -> None:
    assert build(base_url=given).base_url == kept


WRONG_URLS = [
    "http://openrouter.ai/api/v1", "https://example.org/api/v1", "https://notopenrouter.ai/v1", "openrouter.ai/api/v1",
    "https://openrouter.ai.example.org/", "https:///openrouter.ai", "", "https://", "ftp://openrouter.ai",
]  # fmt: skip
NEVER_URLS = [
    "https://key@openrouter.ai/v1", "https://u:secret@openrouter.ai/v1", "https://openrouter.ai\\@example.org/",
    "https://openrouter.ai/v1?key=secret", "https://openrouter.ai/v1#x", "https://openrouter.ai/v1?", "https://[x",
    "https://openrouter.ai/ v1", "https://openrouter.ai/v1\n", "https://openrouter.ai:99999/", "https://ö.ai/",
    'https://openrouter.ai/"+x', "ftp://example.org", "https://",
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG_URLS + NEVER_URLS)
def test_refuses_any_other_url(url: str) -> None:
    assert error(base_url=url).startswith("--base-url ")


@pytest.mark.parametrize("url", NEVER_URLS)
def test_refuses_some_urls_even_where_any_host_is_allowed(url: str) -> None:
    assert error(base_url=url, allow_host=True).startswith("--base-url ")


@pytest.mark.parametrize("url", ["http://localhost:8080/v1", "https://proxy.example.org/api"])
def test_allow_host_takes_any_host(url: str) -> None:
    assert build(base_url=url, allow_host=True).base_url == url
    assert "--allow-host" in error(base_url=url)


def test_messages_repeat_no_secret() -> None:
    assert "secret" not in error(base_url="https://u:secret@openrouter.ai/v1")
    assert "sk-or" not in error(api_key_env="sk-or-v1-abcdef")


@pytest.mark.parametrize("name", ["", "A B", "1KEY", "KEY-ONE", "KEY\n", "ÄKEY", "OPENAI_API_KEY"])
def test_refuses_what_is_no_name_for_the_key(name: str) -> None:
    assert error(api_key_env=name).startswith("--api-key-env ")


@pytest.mark.parametrize("value", ["a\nb", "a\r", "Ünï", " x", "x ", "\x7f", "a\tb"])
@pytest.mark.parametrize("key", ["site-url", "app-title"])
def test_refuses_what_no_header_can_hold(key: str, value: str) -> None:
    assert error(**{key.replace("-", "_"): value}).startswith(f"--{key} ")


def test_refuses_another_title_header() -> None:
    assert error(title_header="X-Name") == "--title-header must be one of X-Title, X-OpenRouter-Title"


@pytest.mark.parametrize(
    ("old", "new"),
    [("", "a/b"), ("x y", "a/b"), ("x", ""), ("x", "b"), ("x", "a/"), ("x", "/b"), ("x", "a/b/c"), ("x", "a /b")],
)
def test_refuses_a_map_entry_that_names_no_model(old: str, new: str) -> None:
    assert error(models={old: new}).startswith("--map: ")


def test_parses_map_entries() -> None:
    assert parse_map(["gpt-4o=x/y", " a = b/c=d "]) == {"gpt-4o": "x/y", "a": "b/c=d"}
    with pytest.raises(ConfigError, match="OLD=NEW"):
        parse_map(["gpt-4o"])


def test_takes_codes_and_families() -> None:
    assert build(select=("or201, OR1", "OR90")).select == ("OR201", "OR1", "OR90")


@pytest.mark.parametrize("code", ["OR999", "OR4", "OR", "E501", "OR2011", "ALL"])
def test_refuses_an_unknown_code(code: str) -> None:
    assert error(ignore=(code,)).startswith(f'--ignore: unknown rule "{code}"; did you mean "OR')


def test_a_wrong_value_in_the_file_is_named_there(project: Path) -> None:
    settings = section(project, 'select = ["OR202"]')
    assert error(settings).startswith(f'{project}: select in [tool.or-migrate]: unknown rule "OR202"')
    assert build(settings, select=()).select == ()
