"""The rules about the client: its address, its key, its headers, and what surrounds it (OR1xx)."""

from __future__ import annotations

from codemod.findings import Rule

_DOCS = "https://openrouter.ai/docs"
_QUICKSTART = f"{_DOCS}/quickstart"
_KEYS = f"{_DOCS}/guides/overview/auth/api-keys"
_COMPATIBILITY = f"{_DOCS}/guides/features/compatibility"
_ATTRIBUTION = f"{_DOCS}/app-attribution"
_MIGRATE = f"{_DOCS}/cookbook/get-started/migrate-to-openrouter"
_SDK = "https://github.com/openai/openai-python"

_IMPORTS = "import os\n\nfrom openai import OpenAI\n\n"
_CLIENT = f"""{_IMPORTS}client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
"""
_OLD_REQUEST = 'answer = client.chat.completions.create(model="gpt-4o", messages=[])\n'
_NEW_REQUEST = 'answer = client.chat.completions.create(model="openai/gpt-4o", messages=[])\n'

RULES: tuple[Rule, ...] = (
    Rule(
        code="OR101",
        name="client-base-url",
        what="Gives a client of the OpenAI SDK the address of OpenRouter.",
        why="The SDK talks to OpenAI unless base_url names another host. OpenRouter answers the same requests at "
        "https://openrouter.ai/api/v1, so the client is the one place where the host changes.",
        fix_safety="Safe. Applied only where the client is provably the SDK's own, has no other host, uses the "
        "deployer's key, and makes at least one visible request that OpenRouter serves. Key, models and stream guards "
        "of the client change with it or not at all.",
        before=f"{_IMPORTS}client = OpenAI()\n{_OLD_REQUEST}",
        after=f"{_CLIENT}{_NEW_REQUEST}",
        reference=_QUICKSTART,
    ),
    Rule(
        code="OR102",
        name="client-key",
        what='Makes the key of a migrated client that of OpenRouter: os.environ["OPENROUTER_API_KEY"], or what takes '
        "the place of the old key in a settings class or a secret store.",
        why="OpenRouter takes its own keys. Where api_key is absent or None the SDK falls back to OPENAI_API_KEY and "
        "would send that secret to another company, so the new key is read in the form that fails loudly when the "
        "variable is missing; os.getenv would not.",
        fix_safety="Safe. Where the key comes through a name, its origin is renamed only if every reader is a "
        "migrated client and None is excluded on every path; otherwise the argument itself becomes the read. A field "
        "of the project's own settings class is renamed with all its reads, or gets a sibling where something else "
        "reads it too. --api-key-env names another variable.",
        before=f'{_IMPORTS}client = OpenAI(api_key=os.getenv("OPENAI_API_KEY"))\n{_OLD_REQUEST}',
        after=f"""{_IMPORTS}client = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"],
    base_url="https://openrouter.ai/api/v1",
)
{_NEW_REQUEST}""",
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR103",
        name="client-organization",
        what="Removes organization, project and data_residency from a migrated client.",
        why="They name things of an OpenAI account, which OpenRouter does not know. data_residency together with "
        "base_url makes the SDK raise ValueError.",
        fix_safety="Safe. An argument whose value has side effects is reported instead. The SDK also reads "
        "OPENAI_ORG_ID and OPENAI_PROJECT_ID from the environment: unset them where the program runs.",
        before=f'{_IMPORTS}client = OpenAI(organization="org-1", timeout=20)\n{_OLD_REQUEST}',
        after=f"""{_IMPORTS}client = OpenAI(
    timeout=20,
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
{_NEW_REQUEST}""",
        reference=_SDK,
    ),
    Rule(
        code="OR104",
        name="client-headers",
        what="Gives a migrated client the attribution headers HTTP-Referer and X-Title.",
        why="OpenRouter shows an application in its rankings by these headers. They are optional, and public: that is "
        "why they come from --site-url and --app-title only and are never guessed.",
        fix_safety="Safe. What the client sends already wins, names are compared without case, nothing is added "
        "twice. With nothing configured no header is added.",
        before=f"{_IMPORTS}client = OpenAI()\n{_OLD_REQUEST}",
        after=f"""{_IMPORTS}client = OpenAI(
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
    default_headers={{"HTTP-Referer": "https://example.com", "X-Title": "Shop"}},
)
{_NEW_REQUEST}""",
        reference=_ATTRIBUTION,
    ),
    Rule(
        code="OR105",
        name="openai-headers",
        what="Removes the headers OpenAI-Organization and OpenAI-Project from what a migrated client sends.",
        why="They name an OpenAI account. OpenRouter gives them no meaning, and they tell it which account that was.",
        fix_safety="Safe. Only entries of a visible mapping are removed; the other entries stay.",
        before=f'{_IMPORTS}client = OpenAI(default_headers={{"OpenAI-Project": "p1", "X-Team": "a"}})\n{_OLD_REQUEST}',
        after=f"""{_IMPORTS}client = OpenAI(
    default_headers={{"X-Team": "a"}},
    base_url="https://openrouter.ai/api/v1",
    api_key=os.environ["OPENROUTER_API_KEY"],
)
{_NEW_REQUEST}""",
        reference=_SDK,
    ),
    Rule(
        code="OR110",
        name="client-endpoint-undecided",
        what="Reports a client whose host cannot be decided from the code.",
        why="base_url comes from the environment, a setting or a parameter; http_client or default_query may carry a "
        "host; OPENAI_BASE_URL is set in the project; one name stands for several hosts; or the address is assigned "
        "after construction. Such a program can already talk to somebody else than OpenAI.",
        fix_safety="Manual. Where the host is already a setting, that setting is the better place for the change.",
        before=f'{_IMPORTS}client = OpenAI(base_url=os.getenv("LLM_URL"))\n{_OLD_REQUEST}',
        after=None,
        reference=_SDK,
    ),
    Rule(
        code="OR111",
        name="client-key-undecided",
        what="Reports a client whose key cannot be replaced by a variable of the deployer.",
        why="The key belongs to the user of the program, comes through a parameter that unseen callers fill, from a "
        "secret manager or from a settings class that is not followed (it has a default, chooses its sources itself, "
        "is read as a whole); it stands in an Authorization header or in with_options; or the constructor stands in a "
        "try that expects OpenAIError for a missing key. A wrong guess sends an OpenAI key to OpenRouter or takes away "
        "the user's choice.",
        fix_safety="Manual. The client and its models stay as they are until the key is decided.",
        before=f'{_IMPORTS}client = OpenAI(api_key=input("Your key: "))\n{_OLD_REQUEST}',
        after=None,
        reference=_KEYS,
    ),
    Rule(
        code="OR112",
        name="literal-secret",
        what="Reports a key that stands in the source as text.",
        why="A key in the source is in every clone and every log of the repository. The edit takes it out of the "
        "file, not out of the history.",
        fix_safety="Manual. Stands beside the edit of OR102, which reads the key from the environment; the old key "
        "has to be revoked by its owner. Reports show it masked.",
        before=f'{_IMPORTS}client = OpenAI(api_key="sk-this-is-not-a-real-key")\n{_OLD_REQUEST}',
        after=f"""{_IMPORTS}client = OpenAI(
    api_key=os.environ["OPENROUTER_API_KEY"],
    base_url="https://openrouter.ai/api/v1",
)
{_NEW_REQUEST}""",
        reference=_KEYS,
    ),
    Rule(
        code="OR113",
        name="client-handed-on",
        what="Reports a client that is handed to another library.",
        why="A framework may change the model text before it sends it, take openai/ for the name of a provider, or "
        "look the id up in a table of its own. Only a library that is known to send it unchanged lets the client move.",
        fix_safety="Manual. Many frameworks have an OpenRouter provider of their own, which is the better way.",
        before=f"from some_agents import Agent\n{_IMPORTS}agent = Agent(client=OpenAI())\n",
        after=None,
        reference=_MIGRATE,
    ),
    Rule(
        code="OR114",
        name="key-guard",
        what="Reports code that demands or writes the variable OPENAI_API_KEY.",
        why="A program that stops without OPENAI_API_KEY does so after the move too, although no client reads it any "
        "more; one that writes the variable no longer reaches the client.",
        fix_safety="Manual. The check may also protect a part that stays with OpenAI.",
        before='import os\n\nassert os.environ.get("OPENAI_API_KEY"), "set OPENAI_API_KEY"\n',
        after=None,
        reference=_KEYS,
    ),
    Rule(
        code="OR115",
        name="test-double",
        what="Reports test code that stops working when the code that it tests is migrated.",
        why="Tests set the old variable, replace the client by a double that takes no base_url, or compare with a "
        "text that changes.",
        fix_safety="Manual. What a test means to prove is not to be seen in its code.",
        before='def test_answer(monkeypatch):\n    monkeypatch.setenv("OPENAI_API_KEY", "test")\n',
        after=None,
        reference=_MIGRATE,
    ),
    Rule(
        code="OR119",
        name="client-unused",
        what="Reports a client of which no request is visible.",
        why="Without a request nothing tells which endpoints and models the client is for; some of them exist at "
        "OpenAI only.",
        fix_safety="Manual.",
        before=f"{_IMPORTS}client = OpenAI()\n",
        after=None,
        reference=_COMPATIBILITY,
    ),
    Rule(
        code="OR120",
        name="client-left",
        what="Lists a client that is left alone, and why.",
        why="Azure, Bedrock and other hosts are not OpenAI; a placeholder key in a test is no deployment; and what "
        "talks to OpenRouter has arrived already.",
        fix_safety="Info. Nothing is to be done.",
        before='from openai import OpenAI\n\nclient = OpenAI(base_url="http://localhost:11434/v1", api_key="none")\n',
        after=None,
        reference=_MIGRATE,
    ),
    Rule(
        code="OR121",
        name="group-blocked",
        what="Reports edits that are right only together and that one of them prevents.",
        why="A client without its models, or models without their client, is a broken program: OpenRouter rejects "
        "ids without a prefix, and OpenAI rejects ids with one. If one edit of a group is not allowed (an ignore "
        "comment, an excluded or read-only file, a file outside of the paths, a deselected rule), none is made.",
        fix_safety="Manual. The message names what prevents the group.",
        before=f"{_IMPORTS}client = OpenAI()  # or-migrate: ignore\n{_OLD_REQUEST}",
        after=None,
        reference="https://github.com/OpenRouterTeam/openrouter-examples/issues/74",
    ),
)
