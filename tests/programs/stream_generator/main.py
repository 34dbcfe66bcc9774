from answers import stream_answer

for piece in stream_answer("Why is the sky blue?"):
    print(piece, end="", flush=True)
print()
