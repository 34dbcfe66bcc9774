import argparse

import anthropic
from openai import OpenAI

from agents import Coder, Critic, Planner


def second_opinion(text):
    # claude likes to disagree
    msg = anthropic.Anthropic().messages.create(
        model="claude-3-5-sonnet-latest", max_tokens=500, messages=[{"role": "user", "content": text}],
    )
    return msg.content[0].text


def main():
    ap = argparse.ArgumentParser(description="agents from scratch")
    ap.add_argument("task")
    ap.add_argument("--critic-model", default="gpt-4.1-mini", help="model of the critic (e.g. gpt-4o)")
    ap.add_argument("--claude", action="store_true")
    ap.add_argument("--verbose", action="store_true")
    ap.add_argument("--quick", action="store_true")
    args = ap.parse_args()

    shared = OpenAI(timeout=120, max_retries=0)
    planner = Planner(model="o3-mini", effort="low") if args.quick else Planner()
    coder = Coder(shared, verbose=True)
    critic = Critic(model=args.critic_model, client=shared)

    if not args.quick:
        planner.stream_thoughts(args.task)
    for step in planner.plan(args.task):
        patch = coder.run(step)
        coder.memory.add(patch)
        print(critic.run(patch))
        coder.explain(patch)
        print(coder.commit_message(patch))
        if args.verbose:
            print(coder.recall("What did you change so far?"))
        if args.claude:
            print(second_opinion(patch))


if __name__ == "__main__":
    main()
