from agents import Critic, Writer

draft = Writer().run("a poem")
print(Critic().run(draft))
