"""The rules about requests and the endpoints that they call (OR3xx)."""

from __future__ import annotations

from codemod.findings import Rule

_DOCS = "https://openrouter.ai/docs"
_COMPATIBILITY = f"{_DOCS}/guides/features/compatibility"
_API = f"{_DOCS}/api_reference/overview"
_RESPONSES = f"{_DOCS}/api_reference/responses/overview"
_MIGRATE = f"{_DOCS}/cookbook/get-started/migrate-to-openrouter"

_IMPORTS = "from openai import OpenAI\n\nclient = OpenAI()\n"
_CHAT = 'answer = client.chat.completions.create(model="gpt-4o", messages=[])\n'

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR300",
        name="request-migrated",
        what="Lists a request that goes to OpenRouter after the run.",
        why="Every request that is found ends as migrated, reported or left alone; this is the list of the first.",
        fix_safety="Info. Nothing is to be done: the edits of its client and model are findings of their own.",
        before=f"{_IMPORTS}{_CHAT}",
        after=None,
        reference=_API,
    ),
    Rule(
        code="OR301",
        name="endpoint-unsupported",
        what="Reports a call that OpenRouter does not serve.",
        why="OpenRouter has no endpoint for it, or one of another shape: fine-tuning, files, batches, moderations, "
        "assistants, threads, vector stores, images, translations, realtime, stored responses and others.",
        fix_safety="Manual. The call stays with OpenAI.",
        before=f'{_IMPORTS}verdict = client.moderations.create(input="hello")\n',
        after=None,
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR302",
        name="client-only-unsupported",
        what="Reports a client that makes only calls which OpenRouter does not serve.",
        why="Nothing of it could move: keep it, its key and its models on OpenAI.",
        fix_safety="Manual. The client stays with OpenAI.",
        before=f'{_IMPORTS}verdict = client.moderations.create(input="hello")\n',
        after=None,
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR303",
        name="client-mixed",
        what="Reports a client that makes calls of both kinds, and names each one that keeps it.",
        why="One client has one address. Calls that OpenRouter does not serve need a client of their own that stays "
        "with OpenAI before this one can move.",
        fix_safety="Manual. Give the named calls a second client; the next run moves this one. Where every use "
        "is visible, OR308 does that.",
        before=f'{_IMPORTS}{_CHAT}client.responses.retrieve(client.responses.create(model="gpt-5", input="hi").id)\n',
        after=None,
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR304",
        name="responses-stateful",
        what="Reports a request to /responses that relies on stored responses.",
        why="OpenRouter keeps no responses: store=True and previous_response_id are refused with status 400, and a "
        "background response cannot be fetched later.",
        fix_safety="Manual. Send the conversation along with the request, or keep it on OpenAI.",
        before=f'{_IMPORTS}answer = client.responses.create(model="gpt-4o", input="hello", store=True)\n',
        after=None,
        reference=_RESPONSES,
    ),
    Rule(
        code="OR305",
        name="speech-format",
        what='Gives a speech request response_format="mp3", or reports one whose format would change or fail.',
        why="OpenRouter answers with pcm unless response_format says otherwise, OpenAI with mp3; it knows only these "
        "two.",
        fix_safety="Safe where response_format is absent from a request in the file of its client: mp3 is what OpenAI "
        "sends. Else manual: convert the format in the program.",
        before=f'{_IMPORTS}audio = client.audio.speech.create(model="gpt-4o-mini-tts", voice="alloy", input="hello")\n',
        after="""import os

from openai import OpenAI

client = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
audio = client.audio.speech.create(
    model="openai/gpt-4o-mini-tts", voice="alloy", input="hello", response_format="mp3"
)
""",
        reference=f"{_DOCS}/guides/overview/multimodal/tts",
    ),
    Rule(
        code="OR306",
        name="transcription-format",
        what="Reports a transcription request in a format that OpenRouter does not give.",
        why="OpenRouter answers with json or verbose_json; text, srt and vtt are refused with status 400.",
        fix_safety="Manual. Ask for verbose_json and write the format from its segments.",
        before=f"""{_IMPORTS}with open("talk.mp3", "rb") as talk:
    text = client.audio.transcriptions.create(model="whisper-1", file=talk, response_format="srt")
""",
        after=None,
        reference=f"{_DOCS}/guides/overview/multimodal/stt",
    ),
    Rule(
        code="OR307",
        name="models-list",
        what="Reports a call of models.list.",
        why="OpenRouter lists the models of every author, with other fields and only those that answer in text. Code "
        "that filters the list by names of OpenAI finds nothing.",
        fix_safety="Manual.",
        before=f"{_IMPORTS}names = [model.id for model in client.models.list()]\n",
        after=None,
        reference=f"{_DOCS}/guides/overview/models",
    ),
    Rule(
        code="OR308",
        name="client-split",
        what="Keeps the old client under a second name for the calls that OpenRouter does not serve.",
        why="One client has one address. Where every use of it is visible, and no id of one service reaches the other, "
        "the calls that OpenRouter does not serve can stay with OpenAI while the others move.",
        fix_safety="Safe. The second client is made as the old one was, and reads the old key; --mixed-clients keep "
        "reports the client instead, --mixed-clients migrate moves it with all calls.",
        before=f'{_IMPORTS}{_CHAT}verdict = client.moderations.create(input="hello")\n',
        after="""import os

from openai import OpenAI

client = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENROUTER_API_KEY"])
openai_client = OpenAI()
answer = client.chat.completions.create(model="openai/gpt-4o", messages=[])
verdict = openai_client.moderations.create(input="hello")
""",
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR310",
        name="request-undecided",
        what="Reports a request whose client cannot be decided, or is left to a person.",
        why="The receiver comes from a place that is not visible, or stands for clients of several hosts.",
        fix_safety="Manual. Decide about the client first.",
        before='def ask(client):\n    return client.chat.completions.create(model="gpt-4o", messages=[])\n',
        after=None,
        reference=_MIGRATE,
    ),
    Rule(
        code="OR311",
        name="request-left",
        what="Lists a request that is left alone, and why.",
        why="Its client is left alone: another host, another SDK, a test double, or OpenRouter already.",
        fix_safety="Info. Nothing is to be done.",
        before="""from openai import AzureOpenAI

client = AzureOpenAI(azure_endpoint="https://example.openai.azure.com", api_version="2024-10-21")
answer = client.chat.completions.create(model="gpt-4o", messages=[])
""",
        after=None,
        reference=_MIGRATE,
    ),
)
