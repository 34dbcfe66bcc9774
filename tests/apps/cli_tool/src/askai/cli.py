from __future__ import annotations

import os
import subprocess
import sys
from typing import Optional

import typer
from rich.console import Console
from rich.markdown import Markdown

from askai import DEFAULT_MODEL, chat, get_client
from askai.client import chat_stream, local_client
from askai.constants import COMMIT_MODEL, TASKS, Size

app = typer.Typer(no_args_is_help=True)
console = Console()


@app.callback()
def check_key() -> None:
    """GPT on your command line. Needs OPENAI_API_KEY."""
    if "OPENAI_API_KEY" not in os.environ and "--url" not in sys.argv:
        console.print("[red]Please set OPENAI_API_KEY[/red]")
        raise typer.Exit(2)


@app.command()
def ask(
    prompt: str,
    model: str = typer.Option(DEFAULT_MODEL, "--model", "-m", help=f"Model, default {DEFAULT_MODEL}"),
    stream: bool = typer.Option(True, help="Print as it comes"),
) -> None:
    """Ask anything."""
    if not stream:
        console.print(Markdown(chat(prompt, model=model)))
        return
    for text in chat_stream(prompt, model):
        print(text, end="", flush=True)
    print()


@app.command()
def commit(
    model: str = typer.Option(COMMIT_MODEL, envvar="ASKAI_COMMIT_MODEL"),
    yes: bool = typer.Option(False, "--yes", "-y"),
) -> None:
    """Write a commit message for the staged changes."""
    diff = subprocess.run(["git", "diff", "--cached"], capture_output=True, text=True, check=True).stdout
    if not diff:
        console.print("Nothing staged.")
        raise typer.Exit(1)
    message = chat(diff[:30_000], model=model, system="Write a conventional commit message.", temperature=0)
    console.print(message)
    if yes or typer.confirm("Commit?"):
        subprocess.run(["git", "commit", "-m", message], check=True)


@app.command()
def do(name: str, lang: str = "English") -> None:
    """Run one of the tasks (translate, grammar, regex) on stdin."""
    task = TASKS[name]
    result = get_client().chat.completions.create(
        model=task.model,
        temperature=task.temperature,
        messages=[
            {"role": "system", "content": task.prompt.format(lang=lang)},
            {"role": "user", "content": sys.stdin.read()},
        ],
    )
    print(result.choices[0].message.content)


@app.command()
def review(path: str, size: Size = Size.small) -> None:
    """Review a file."""
    with open(path, encoding="utf-8") as f:
        source = f.read()
    reply = get_client().chat.completions.create(
        model=size.value,
        messages=[{"role": "user", "content": "Review this code:\n\n" + source}],
    )
    console.print(Markdown(reply.choices[0].message.content or ""))


@app.command()
def similar(a: str, b: str, embedding_model: Optional[str] = None) -> None:
    """Cosine similarity of two texts."""
    data = get_client().embeddings.create(
        model=embedding_model or "text-embedding-3-small",
        input=[a, b],
    ).data
    print(sum(x * y for x, y in zip(data[0].embedding, data[1].embedding)))


@app.command()
def local(prompt: str, url: str = typer.Option("http://localhost:1234/v1", "--url")) -> None:
    """Ask a local server (LM Studio)."""
    answer = local_client(url).chat.completions.create(
        model="local-model",
        messages=[{"role": "user", "content": prompt}],
    )
    print(answer.choices[0].message.content)


if __name__ == "__main__":
    app()
