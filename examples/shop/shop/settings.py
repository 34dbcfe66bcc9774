"""What the rest of the shop agrees on."""

# The model that talks to customers; tokens.py measures with the same name.
CHAT_MODEL = "gpt-4o-mini"
MAX_PROMPT_TOKENS = 8_000
