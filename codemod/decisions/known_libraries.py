"""The libraries that values are followed through: what calls a function, keeps a value, or gives one back."""

from __future__ import annotations

from codemod import openai_sdk
from codemod.provenance.libraries import Invoker, Libraries

_DEPENDS = Invoker(position=0, keyword="dependency", alone=True)
_THREAD = Invoker(position=None, keyword="target", packed=("args", "kwargs"), gives=False)
_LATER = Invoker(gives=False)
_EACH = Invoker(each=True, gives=False)
_FACTORY = Invoker(position=None, keyword="default_factory", alone=True)
_EXECUTORS = ("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor")
_POOLS = ("multiprocessing.Pool", "multiprocessing.pool.ThreadPool", "multiprocessing.pool.Pool")

LIBRARIES = Libraries(
    classes=openai_sdk.CLIENT_CLASSES | openai_sdk.OTHER_HOST_CLASSES,
    same=openai_sdk.CLIENT_METHODS_THAT_GIVE_THE_CLIENT | openai_sdk.VIEWS,
    wrappers={
        "typing.cast": (1, "val"),
        "functools.cache": (0, "user_function"),
        "functools.lru_cache": (0, "user_function"),
        "streamlit.cache_data": (0, "func"),
        "streamlit.cache_resource": (0, "func"),
        "asgiref.sync.sync_to_async": (0, "func"),
        "asgiref.sync.async_to_sync": (0, "awaitable"),
        **{path: (0, wrapper.client) for path, wrapper in openai_sdk.WRAPPERS.items() if wrapper.gives_client},
    },
    lookups={
        "google.colab.userdata.get": True,
        "decouple.config": True,
        "streamlit.secrets.get": False,
    },
    lookup_items=frozenset({"streamlit.secrets"}),
    decorators=frozenset(
        {
            "abstractmethod",
            "backoff",
            "cache",
            "cache_data",
            "cache_resource",
            "cached",
            "cached_property",
            "classmethod",
            "contextmanager",
            "asynccontextmanager",
            "lru_cache",
            "on_exception",
            "override",
            "property",
            "retry",
            "staticmethod",
            "wraps",
        }
    ),
    registering=frozenset(
        {
            # web frameworks, task queues, command lines, chat bots
            *("get", "post", "put", "patch", "delete", "head", "options", "route", "websocket", "api_route"),
            *("middleware", "exception_handler", "errorhandler", "on_event", "before_request", "after_request"),
            *("task", "shared_task", "flow", "job", "actor", "command", "group", "callback", "event", "listen"),
            *("hybrid_command", "slash_command", "loop", "cog", "message_handler", "tool", "function_tool", "fixture"),
            *("option", "argument", "pass_context", "login_required", "csrf_exempt", "api_view", "require_POST"),
            *("require_http_methods", "dialog", "fragment", "app_commands", "describe", "receiver", "action"),
            # tracing and limits
            *("observe", "traceable", "trace", "traced", "op", "instrument", "timeit", "track", "span", "log_call"),
            *("limits", "sleep_and_retry", "timeout", "retry_with_backoff", "retry_on_exception", "skipif", "mark"),
            *("parametrize", "asyncio", "setter", "getter", "overload", "total_ordering", "singledispatch"),
        }
    ),
    contexts=frozenset({*_EXECUTORS, *_POOLS, "contextlib.ExitStack", "contextlib.AsyncExitStack"}),
    invokers={
        "anyio.to_thread.run_sync": Invoker(),
        "asyncio.to_thread": Invoker(),
        "fastapi.concurrency.run_in_threadpool": Invoker(),
        "starlette.concurrency.run_in_threadpool": Invoker(),
        **{
            f"asyncio.{loop}.run_in_executor": Invoker(position=1)
            for loop in ("get_event_loop", "get_running_loop", "new_event_loop")
        },
        **{f"{pool}.submit": _LATER for pool in _EXECUTORS},
        **{f"{pool}.map": _EACH for pool in (*_EXECUTORS, *_POOLS)},
        **{f"{pool}.{method}": _EACH for pool in _POOLS for method in ("imap", "imap_unordered", "map_async")},
        **{
            f"{pool}.{method}": Invoker(packed=("args", "kwds"), gives=False)
            for pool in _POOLS
            for method in ("apply", "apply_async")
        },
        "builtins.map": _EACH,
        "threading.Thread": _THREAD,
        "multiprocessing.Process": _THREAD,
        "threading.Timer": Invoker(position=1, keyword="function", packed=("args", "kwargs"), gives=False),
        "functools.partial": Invoker(gives=False, complete=False),
        **dict.fromkeys(("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"), _DEPENDS),
        **dict.fromkeys(("dataclasses.field", "pydantic.Field", "pydantic.fields.Field"), _FACTORY),
        **{
            path: Invoker(position=None, keyword="factory", alone=True)
            for path in ("attr.ib", "attr.field", "attrs.field")
        },
    },
    stores=frozenset(
        {
            "streamlit.session_state",
            "flask.g",
            "quart.g",
            "flask.Flask.config",
            "flask.Flask.extensions",
            "flask.current_app.config",
            "flask.current_app.extensions",
            "fastapi.FastAPI.state",
            "starlette.applications.Starlette.state",
        }
    ),
    cells=frozenset({"contextvars.ContextVar"}),
    settings={"django.conf.settings": "DJANGO_SETTINGS_MODULE"},
    parsers=frozenset(
        f"argparse.ArgumentParser.{method}" for method in ("parse_args", "parse_known_args", "parse_intermixed_args")
    ),
    options=frozenset({"typer.Option", "typer.Argument"}),
    option_decorators=frozenset({"click.option", "click.argument", "rich_click.option", "asyncclick.option"}),
    decorators_made=frozenset(
        {
            "functools.lru_cache",
            "streamlit.cache_data",
            "streamlit.cache_resource",
            "tenacity.retry",
            "backoff.on_exception",
            "backoff.on_predicate",
        }
    ),
)
