"""A stand-in for OpenRouter (and, for programs that have not been migrated, for OpenAI) on this machine.

    with StandIn() as stand_in:
        subprocess.run(command, env=os.environ | stand_in.environment())
    print(stand_in.requests)

The program is unchanged and names https://openrouter.ai/api/v1. Its HTTP library must heed HTTPS_PROXY and
SSL_CERT_FILE or REQUESTS_CA_BUNDLE, as the OpenAI SDK, httpx, requests and urllib do; aiohttp does not by itself.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from threading import Condition
from types import TracebackType
from typing import Any
from urllib.parse import urlencode, urlsplit

from codemod.config import Config
from codemod.openai_sdk import HOSTS
from codemod.reports.masking import Mask, mask_for
from codemod.verify import answers, openai_api, openai_only, openrouter_api
from codemod.verify.answers import Answer, Memory, as_json
from codemod.verify.authority import Authority
from codemod.verify.errors import Fault, faulty, refusal
from codemod.verify.proxy import LOOPBACK, Exchange, Proxy
from codemod.verify.tokens import shown_query, without_tokens
from codemod.verify.traffic import About, Api, Json, Problem, Received, Seen, digest, kind_of_key, note

_OPENROUTER = "openrouter.ai"
_ATTRIBUTION = ("http-referer", "x-title", "x-openrouter-title", "x-openrouter-categories")
_PROBE_SECONDS = 10.0


class NotReadyError(Exception):
    """The stand-in did not start. The message says why, in one line."""


class StandIn:
    """Answers requests and keeps them.

    ``config`` says where OpenRouter is and which headers the project sends. ``secrets`` are masked in all that is kept,
    as is everything that looks like a key. ``faults`` are had by the first requests to OpenRouter in turn, None by one
    that goes well. Enter it once; raises NotReadyError.
    """

    def __init__(
        self, config: Config | None = None, secrets: Sequence[str] = (), faults: Sequence[Fault | None] = ()
    ) -> None:
        self._config = config or Config()
        self._mask = mask_for(secrets)
        self._coming_faults = tuple(faults)
        self._faults: list[Fault | None] = []
        self._seen: list[Seen] = []
        self._memory = Memory()
        self._lock = Condition()
        self._answering = 0
        self._left = ExitStack()
        self._proxy: Proxy | None = None
        self._certificate = Path()

    def __enter__(self) -> StandIn:
        with ExitStack() as stack:
            try:
                # For the owner alone (0700), and gone with all that is in it when the run is over.
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="or-migrate-")))
                authority = Authority(folder)
                self._proxy = Proxy(authority, self._answer, self._keep)
                self._proxy.start()
                stack.callback(self._proxy.stop)
                self._certificate = authority.certificate
                self._probe()
            except (OSError, HTTPException) as error:
                raise NotReadyError(f"the stand-in did not start: {error}") from error
            self._left = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.close()
        if self._proxy is not None and self._proxy.bugs and error is None:
            raise self._proxy.bugs[0]

    @property
    def requests(self) -> tuple[Seen, ...]:
        """The requests so far that have been answered, in the order in which they began."""
        with self._lock:
            # An answer is read before its request is kept.
            self._lock.wait_for(lambda: not self._answering, _PROBE_SECONDS)
            return tuple(sorted(self._seen, key=lambda seen: seen.started))

    def environment(self) -> dict[str, str]:
        """The variables that lead a program here."""
        address = self._proxy.address if self._proxy else ""
        certificate = str(self._certificate)
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), address)
        trusted = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE")
        local = dict.fromkeys(("NO_PROXY", "no_proxy"), f"localhost,{LOOPBACK},::1")
        return {**proxies, **dict.fromkeys(trusted, certificate), **local, "NODE_USE_ENV_PROXY": "1"}

    def _probe(self) -> None:
        """See that a program would get through. Raises OSError or HTTPException."""
        assert self._proxy is not None
        context = ssl.create_default_context(cafile=str(self._certificate))
        connection = HTTPSConnection(LOOPBACK, self._proxy.server_port, context=context, timeout=_PROBE_SECONDS)
        connection.set_tunnel(_OPENROUTER, 443)
        try:
            connection.request("GET", "/api/v1/models")
            connection.getresponse().read()
        finally:
            connection.close()
        with self._lock:
            self._lock.wait_for(lambda: not self._answering, _PROBE_SECONDS)
            self._seen.clear()
            self._faults = list(self._coming_faults)

    # Answering.

    @property
    def _base(self) -> tuple[str, str]:
        """The host of OpenRouter and the path of its API."""
        parts = urlsplit(self._config.base_url)
        return parts.hostname or _OPENROUTER, parts.path.rstrip("/")

    def _api(self, request: Received) -> Api:
        host = request.host.lower()
        base, _ = self._base
        if host in {base, _OPENROUTER} or host.endswith(f".{_OPENROUTER}"):
            return Api.OPENROUTER
        # There are more than those that the code can name, as the one for clients with a certificate.
        return Api.OPENAI if host in HOSTS or host.endswith(".api.openai.com") else Api.OTHER

    def _problems(self, request: Received) -> tuple[Problem, ...]:
        api = self._api(request)
        if api is Api.OPENROUTER:
            headers = tuple(name for name, _ in self._config.headers)
            return openrouter_api.problems(request, self._root(request), headers)
        if api is Api.OPENAI:
            return openai_api.problems(request)
        return ()

    def _root(self, request: Received) -> str:
        """The path of the API at the host that was asked."""
        base, root = self._base
        if self._api(request) is Api.OPENAI:
            return openai_api.ROOT
        return root if request.host == base else "/api/v1"

    def _answer(self, request: Received) -> Answer:
        with self._lock:
            self._answering += 1
        api = self._api(request)
        refused = next((problem for problem in self._problems(request) if problem.status is not None), None)
        if refused:
            return refusal(api, refused)
        if api is not Api.OPENROUTER:
            return _as_openai(request, api, self._memory)
        good = _as_openrouter(request, request.path.removeprefix(self._root(request)), self._memory)
        with self._lock:
            fault = self._faults.pop(0) if self._faults else None
        return faulty(fault, good) if fault else good

    # Keeping.

    def _keep(self, exchange: Exchange) -> None:
        request, answer = exchange.request, exchange.answer
        api = self._api(request)
        problems = self._problems(request) if answer else (Problem(About.HOST, exchange.failure),)
        if answer and api is not Api.OPENROUTER and answer.status >= 400 and not problems:
            problems = (note(About.ENDPOINT, "the stand-in has no answer to this, and refused it"),)
        endpoint = request.path if api is Api.OTHER else _below(self._root(request), request.path)
        seen = Seen(
            api=api,
            host=request.host,
            method=request.method,
            endpoint=self._mask(endpoint if api is not Api.OTHER else without_tokens(endpoint)),
            query=self._mask(urlencode(shown_query(request.query))),
            model=None if request.model is None else self._mask(request.model),
            key=kind_of_key(request.key),
            attribution=tuple(name for name in _ATTRIBUTION if name in request.headers),
            body=_kept_body(request, self._mask),
            status=answer.status if answer else 0,
            problems=tuple(_masked(problem, self._mask) for problem in problems),
            started=exchange.started,
            ended=exchange.ended,
        )
        with self._lock:
            self._seen.append(seen)
            self._answering -= 1 if answer else 0
            self._lock.notify_all()


def _below(root: str, path: str) -> str:
    return path.removeprefix(root) if path.startswith(f"{root}/") else path


def _masked(problem: Problem, mask: Mask) -> Problem:
    return Problem(problem.about, mask(problem.text), problem.status, is_note=problem.is_note)


def _kept_body(request: Received, mask: Mask) -> Any:
    content = request.content
    if content is None:
        return digest(request.body)
    return _masked_value({name: value for name, value in content.items() if name != "model"}, mask)


def _masked_value(value: Any, mask: Mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [_masked_value(each, mask) for each in value]
    if isinstance(value, dict):
        return {mask(name): _masked_value(each, mask) for name, each in value.items()}
    return value


def _as_openrouter(request: Received, endpoint: str, memory: Memory) -> Answer:
    content = request.content or {}
    if endpoint == openrouter_api.MODELS:
        return answers.openrouter_models()
    if endpoint == openrouter_api.KEY:
        return answers.openrouter_key()
    return _served(Api.OPENROUTER, endpoint, content, memory) or as_json({}, 404)


def _as_openai(request: Received, api: Api, memory: Memory) -> Answer:
    """An answer as of OpenAI; to another host too, where the path is one of an API like OpenAI's."""
    content = request.content or {}
    endpoint = _below(openai_api.ROOT, request.path)
    if api is Api.OTHER:
        endpoint = next((each for each in openrouter_api.SERVED if request.path.endswith(each)), "")
    answer = _served(api, endpoint, content, memory) if request.method == "POST" else None
    if answer is None and api is Api.OPENAI:
        answer = openai_only.answer(request, endpoint, memory)
    text = f"or-migrate verify forwards nothing to {request.host}"
    return answer or as_json({"error": {"message": text, "type": "not_forwarded", "param": None, "code": None}}, 403)


def _served(api: Api, endpoint: str, content: Json, memory: Memory) -> Answer | None:
    if endpoint == openrouter_api.CHAT:
        return answers.chat(api, content, memory)
    if endpoint == openrouter_api.COMPLETIONS:
        return answers.completion(api, content, memory)
    if endpoint == openrouter_api.RESPONSES:
        return answers.response(api, content, memory)
    if endpoint == openrouter_api.EMBEDDINGS:
        return answers.embeddings(content)
    if endpoint == openrouter_api.SPEECH:
        return answers.speech(api, content)
    return answers.transcription(content) if endpoint == openrouter_api.TRANSCRIPTIONS else None
