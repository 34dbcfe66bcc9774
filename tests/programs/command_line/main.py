import argparse

from openai import OpenAI


def parse(words=None):
    parser = argparse.ArgumentParser(description="Ask a question.")
    parser.add_argument("question", nargs="*", default=["What", "time", "is", "it?"])
    parser.add_argument("--model", default="gpt-4o-mini", help="the model to ask")
    parser.add_argument("--temperature", type=float, default=0.7)
    return parser.parse_args(words)


def main():
    args = parse()
    client = OpenAI()
    answer = client.chat.completions.create(
        model=args.model,
        temperature=args.temperature,
        messages=[{"role": "user", "content": " ".join(args.question)}],
    )
    print(answer.choices[0].message.content)


if __name__ == "__main__":
    main()
