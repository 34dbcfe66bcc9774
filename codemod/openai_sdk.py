"""What the OpenAI Python SDK is, as plain data: clients, their arguments, methods, module settings, older forms.

Names are dotted as an importer sees them. Facts are of openai 1.1.0 to 3.54.0, and of 0.28.1 for what is called
"before 1.0"; wrappers are of the packages and versions that stand beside them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType

from codemod.records import record

MethodPath = tuple[str, ...]

BASE_URL = "https://api.openai.com/v1"
# Hosts that are OpenAI's own: the default one and the regional ones that ``data_residency`` names.
HOSTS = frozenset({"api.openai.com", *(f"{region}.api.openai.com" for region in ("us", "eu", "ae", "au", "in", "jp"))})

# Modules that hold the SDK's names; langfuse hands the openai module on (langfuse 5.0.4).
MODULES = frozenset({"openai", "langfuse.openai.openai"})

CLIENT_CLASSES = frozenset(
    f"{module}.{name}"
    for module, names in {
        "openai": ("OpenAI", "AsyncOpenAI", "Client", "AsyncClient"),
        "openai._client": ("OpenAI", "AsyncOpenAI", "Client", "AsyncClient"),
        "langfuse.openai": ("OpenAI", "AsyncOpenAI"),
        "langfuse.openai.openai": ("OpenAI", "AsyncOpenAI", "Client", "AsyncClient"),
    }.items()
    for name in names
)
# Clients of the SDK whose requests go to another host than OpenAI's.
AZURE_CLASSES = frozenset(
    f"{module}.{name}"
    for module in ("openai", "openai.lib.azure", "langfuse.openai", "langfuse.openai.openai")
    for name in ("AzureOpenAI", "AsyncAzureOpenAI")
)
BEDROCK_CLASSES = frozenset(
    f"{module}.{name}"
    for module in ("openai", "openai.lib.bedrock", "langfuse.openai.openai")
    for name in ("BedrockOpenAI", "AsyncBedrockOpenAI")
)
OTHER_HOST_CLASSES = AZURE_CLASSES | BEDROCK_CLASSES

# All arguments of a constructor are keywords.
CONSTRUCTOR_KEYWORDS = frozenset(
    {
        "api_key",
        "admin_api_key",
        "workload_identity",
        "organization",
        "project",
        "webhook_secret",
        "provider",
        "base_url",
        "data_residency",
        "websocket_base_url",
        "timeout",
        "max_retries",
        "default_headers",
        "default_query",
        "http_client",
        "_strict_response_validation",
        "_enforce_credentials",
    }
)
# What ``with_options`` and ``copy`` take.
OPTIONS_KEYWORDS = CONSTRUCTOR_KEYWORDS - {"_strict_response_validation"} | {
    "set_default_headers",
    "set_default_query",
    "_extra_kwargs",
}
# The environment variable that is read where the argument is absent or None.
ENVIRONMENT_VARIABLES = MappingProxyType(
    {
        "api_key": "OPENAI_API_KEY",
        "admin_api_key": "OPENAI_ADMIN_KEY",
        "organization": "OPENAI_ORG_ID",
        "project": "OPENAI_PROJECT_ID",
        "webhook_secret": "OPENAI_WEBHOOK_SECRET",
        "base_url": "OPENAI_BASE_URL",
    }
)
# The header that carries the argument with each request.
ACCOUNT_HEADERS = MappingProxyType({"organization": "OpenAI-Organization", "project": "OpenAI-Project"})

# Methods of a client that give a changed client back.
CLIENT_METHODS_THAT_GIVE_THE_CLIENT = frozenset({"with_options", "copy"})
# Attributes of a client or resource that give it back with another kind of answer.
VIEWS = frozenset({"with_raw_response", "with_streaming_response"})
# Methods of a client that send a request to a path of the caller's choice.
RAW_REQUEST_METHODS = frozenset({"request", "get", "post", "patch", "put", "delete", "get_api_list"})
# Arguments that every request method of a resource takes.
REQUEST_OPTIONS = frozenset({"extra_headers", "extra_query", "extra_body", "timeout"})

# Settings of the module-level client: ``openai.api_key = …``.
MODULE_SETTINGS = frozenset(
    {
        "api_key",
        "admin_api_key",
        "organization",
        "project",
        "webhook_secret",
        "base_url",
        "timeout",
        "max_retries",
        "default_headers",
        "default_query",
        "http_client",
        "api_type",
        "api_version",
        "azure_endpoint",
        "azure_ad_token",
        "azure_ad_token_provider",
        "bedrock_token_provider",
    }
)
# Those of them that choose the host, or belong to a client of another host.
MODULE_HOST_SETTINGS = frozenset(
    {
        "base_url",
        "api_type",
        "api_version",
        "azure_endpoint",
        "azure_ad_token",
        "azure_ad_token_provider",
        "bedrock_token_provider",
    }
)

# Before 1.0: classes on which requests are class methods (``openai.ChatCompletion.create``).
PRE_V1_CLASSES = frozenset(
    {
        "Audio",
        "ChatCompletion",
        "Completion",
        "Customer",
        "Deployment",
        "Edit",
        "Embedding",
        "Engine",
        "ErrorObject",
        "File",
        "FineTune",
        "FineTuningJob",
        "Image",
        "Model",
        "Moderation",
    }
)
# Before 1.0: settings of the module that 1.0 took away.
PRE_V1_SETTINGS = frozenset(
    {
        "aiosession",
        "api_base",
        "api_key_path",
        "app_info",
        "ca_bundle_path",
        "debug",
        "enable_telemetry",
        "log",
        "proxy",
        "requestssession",
        "verify_ssl_certs",
    }
)
# Before 1.0: modules and exceptions of the package that 1.0 took away.
PRE_V1_MODULES = frozenset(
    {
        "api_requestor",
        "api_resources",
        "datalib",
        "embeddings_utils",
        "error",
        "object_classes",
        "openai_object",
        "openai_response",
        "upload_progress",
        "util",
        "validators",
        "wandb_logger",
    }
)
PRE_V1_EXCEPTIONS = frozenset({"InvalidRequestError"})
PRE_V1_NAMES = PRE_V1_CLASSES | PRE_V1_SETTINGS | PRE_V1_MODULES | PRE_V1_EXCEPTIONS
# Before 1.0: arguments of a request that 1.0 took away.
PRE_V1_KEYWORDS = frozenset({"engine", "deployment_id", "api_base", "api_type", "api_version", "request_timeout"})


@record
class Wrapper:
    """A function of another package that takes a client and gives it back, wrapped.

    The client is the argument ``client`` or the first positional one. ``model`` names the argument that sets the
    model of the requests made through the result (None: there is none), ``model_position`` its position if it can be
    given by position. ``gives_client`` is False where the result is no client but a model that is called itself.
    """

    path: str
    client: str = "client"
    model: str | None = None
    model_position: int | None = None
    gives_client: bool = True


WRAPPERS = MappingProxyType(
    {
        wrapper.path: wrapper
        for wrapper in (
            Wrapper("instructor.from_openai", model="model", model_position=2),  # instructor 1.17.0
            Wrapper("instructor.patch"),
            Wrapper("instructor.apatch"),
            Wrapper("langsmith.wrappers.wrap_openai"),  # langsmith 0.15.0
            Wrapper("braintrust.wrap_openai"),  # braintrust 0.48.1
            Wrapper("opik.integrations.openai.track_openai", client="openai_client"),  # opik 2.2.122
            # outlines 1.3.3
            Wrapper("outlines.from_openai", model="model_name", model_position=1, gives_client=False),
            Wrapper("outlines.models.from_openai", model="model_name", model_position=1, gives_client=False),
        )
    }
)
# Functions of other packages that watch a client's requests and change none of them.
TRACERS = frozenset({"logfire.instrument_openai"})  # logfire 4.15.0
# What instructor's client adds beside ``create``, on itself and on its ``chat.completions`` and ``messages``.
INSTRUCTOR_METHODS = frozenset({"create", "create_partial", "create_iterable", "create_with_completion"})
# Attributes of instructor's client that give the client itself back (``client.chat.completions.create``).
INSTRUCTOR_VIEWS = frozenset({"chat", "completions", "messages"})


@record
class Method:
    """A resource method: its path relative to a client, and the first and last version looked at that has it."""

    path: MethodPath
    first: str
    last: str


@cache
def methods() -> MappingProxyType[MethodPath, Method]:
    """Every resource method of the SDK's clients, of any version from 1.1.0 to 3.54.0, by its path."""
    text = (Path(__file__).with_name("data") / "openai_sdk_methods.json").read_text(encoding="utf-8")
    table: dict[str, tuple[str, str]] = json.loads(text)["methods"]
    paths = ((tuple(name.split(".")), first, last) for name, (first, last) in table.items())
    return MappingProxyType({path: Method(path, first, last) for path, first, last in paths})


@cache
def method_paths() -> frozenset[MethodPath]:
    """The paths of all methods, as ``("chat", "completions", "create")``."""
    return frozenset(methods())


@cache
def longest_path() -> int:
    """The number of names in the longest chain that names a method: ``a.b.create`` has three."""
    return max(map(len, methods()))


@cache
def resources() -> frozenset[str]:
    """The attributes of a client, and of the module, under which the methods stand (``chat``, ``responses``, …)."""
    return frozenset(path[0] for path in methods())


def find_method(path: MethodPath) -> Method | None:
    """The method that a chain of attributes on a client names, passing over views of a resource; None if it is none.

    ``("chat", "completions", "with_raw_response", "create")`` is ``chat.completions.create``.
    """
    return methods().get(tuple(name for name in path if name not in VIEWS))
