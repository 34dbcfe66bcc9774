"""What the tool believes of the OpenAI SDK, held against the installed package."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator

import openai
import pytest
from openai._data_residency import DataResidency
from openai._resource import AsyncAPIResource, SyncAPIResource
from openai.lib._old_api import SYMBOLS

from codemod import openai_sdk

CLIENTS = (openai.OpenAI, openai.AsyncOpenAI)


def installed_methods(client: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The public methods of the resources below ``client``, found by looking at the live objects."""
    for name in dir(type(client)):
        if name.startswith("_") or name in openai_sdk.VIEWS:
            continue
        member = inspect.getattr_static(type(client), name)
        if inspect.isfunction(member):
            if path:
                yield (*path, name)
        elif isinstance(value := getattr(client, name), (SyncAPIResource, AsyncAPIResource)):
            yield from installed_methods(value, (*path, name))


def defined(path: str) -> bool:
    """Whether the dotted name leads to something in the installed package."""
    module, _, name = path.rpartition(".")
    return hasattr(importlib.import_module(module), name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("client", CLIENTS)
def test_the_methods_are_those_of_the_installed_package(client: type[openai.OpenAI] | type[openai.AsyncOpenAI]) -> None:
    found = set(installed_methods(client(api_key="test")))
    assert ("chat", "completions", "create") in found
    assert found <= openai_sdk.method_paths()
    newest = max(method.last for method in openai_sdk.methods().values())
    if openai.__version__ == newest:
        present = {path for path, method in openai_sdk.methods().items() if method.last == newest}
        assert present == set(installed_methods(openai.OpenAI(api_key="test"))) | set(
            installed_methods(openai.AsyncOpenAI(api_key="test"))
        )


@pytest.mark.parametrize(
    "path",
    [
        ("beta", "vector_stores", "create"),
        ("beta", "assistants", "files", "create"),
        ("fine_tunes", "create"),
        ("edits", "create"),
    ],
)
def test_methods_that_are_gone_are_known_too(path: tuple[str, ...]) -> None:
    assert path in openai_sdk.method_paths()


def test_a_method_is_found_through_the_views_of_a_resource() -> None:
    method = openai_sdk.find_method(("chat", "completions", "with_raw_response", "create"))
    assert method is not None
    assert method.path == ("chat", "completions", "create")
    assert openai_sdk.find_method(("chat", "completions")) is None


@pytest.mark.parametrize("client", CLIENTS)
def test_constructor_keywords(client: type[object]) -> None:
    parameters = inspect.signature(client).parameters
    assert set(parameters) == openai_sdk.CONSTRUCTOR_KEYWORDS
    assert {parameter.kind for parameter in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize("client", CLIENTS)
def test_options_keywords(client: type[object]) -> None:
    for name in openai_sdk.CLIENT_METHODS_THAT_GIVE_THE_CLIENT:
        assert set(inspect.signature(getattr(client, name)).parameters) - {"self"} == openai_sdk.OPTIONS_KEYWORDS


def test_classes_exist() -> None:
    own = {path for path in openai_sdk.CLIENT_CLASSES | openai_sdk.OTHER_HOST_CLASSES if path.startswith("openai.")}
    assert {"openai.OpenAI", "openai.AzureOpenAI", "openai.BedrockOpenAI"} <= own
    assert [path for path in sorted(own) if not defined(path)] == []


def test_other_hosts_are_subclasses_so_an_annotation_proves_nothing() -> None:
    assert issubclass(openai.AzureOpenAI, openai.OpenAI)
    assert not openai_sdk.CLIENT_CLASSES & openai_sdk.OTHER_HOST_CLASSES


def test_every_client_class_of_the_package_is_known() -> None:
    found = {
        f"openai.{name}"
        for name, value in list(vars(openai).items())
        if inspect.isclass(value) and issubclass(value, CLIENTS) and not name.startswith("_")
    }
    assert found <= openai_sdk.CLIENT_CLASSES | openai_sdk.OTHER_HOST_CLASSES


def test_hosts_are_those_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    regions: tuple[DataResidency, ...] = ("global", "us", "eu", "ae", "au", "in", "jp")
    hosts = {openai.OpenAI(api_key="test", data_residency=region).base_url.host for region in regions}
    assert hosts == openai_sdk.HOSTS
    assert str(openai.OpenAI(api_key="test").base_url).rstrip("/") == openai_sdk.BASE_URL


def test_environment_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in openai_sdk.ENVIRONMENT_VARIABLES.values():
        monkeypatch.setenv(variable, "https://example.org/v1/")
    client = openai.OpenAI()
    for argument in openai_sdk.ENVIRONMENT_VARIABLES:
        assert str(getattr(client, argument)) == "https://example.org/v1/"


def test_account_headers_are_sent() -> None:
    client = openai.OpenAI(api_key="test", organization="org", project="proj")
    sent = {argument: client.default_headers[header] for argument, header in openai_sdk.ACCOUNT_HEADERS.items()}
    assert sent == {"organization": "org", "project": "proj"}


@pytest.mark.parametrize("client", CLIENTS)
def test_views_and_raw_requests_exist(client: type[object]) -> None:
    for name in openai_sdk.VIEWS | openai_sdk.RAW_REQUEST_METHODS:
        assert hasattr(client, name)


def test_request_options_exist() -> None:
    client = openai.OpenAI(api_key="test")
    for method in (client.chat.completions.create, client.responses.create, client.embeddings.create):
        assert set(inspect.signature(method).parameters) >= openai_sdk.REQUEST_OPTIONS


def test_module_settings_exist() -> None:
    assert openai_sdk.MODULE_HOST_SETTINGS < openai_sdk.MODULE_SETTINGS
    assert [name for name in sorted(openai_sdk.MODULE_SETTINGS) if not hasattr(openai, name)] == []


def test_the_module_has_every_resource_of_the_newest_client() -> None:
    newest = max(method.last for method in openai_sdk.methods().values())
    current = {path[0] for path, method in openai_sdk.methods().items() if method.last == newest}
    assert current <= openai_sdk.resources()
    assert [name for name in sorted(current) if not hasattr(openai, name)] == []


def test_classes_from_before_1_0_are_those_the_package_refuses() -> None:
    assert set(SYMBOLS) == openai_sdk.PRE_V1_CLASSES


def test_other_names_from_before_1_0_are_gone() -> None:
    gone = openai_sdk.PRE_V1_NAMES - openai_sdk.PRE_V1_CLASSES
    assert [name for name in sorted(gone) if hasattr(openai, name)] == []


def test_keywords_from_before_1_0_are_gone() -> None:
    parameters = inspect.signature(openai.OpenAI(api_key="test").chat.completions.create).parameters
    assert not openai_sdk.PRE_V1_KEYWORDS & set(parameters)


def test_wrappers_stand_under_their_own_name() -> None:
    for path, wrapper in openai_sdk.WRAPPERS.items():
        assert wrapper.path == path
        assert (wrapper.model is None) == (wrapper.model_position is None)
        assert not path.startswith("openai.")
