import os

from dotenv import load_dotenv

load_dotenv()

DISCORD_TOKEN = os.environ['DISCORD_TOKEN']
OPENAI_API_KEY = os.getenv('OPENAI_API_KEY')

CHAT_MODEL = os.getenv('CHAT_MODEL', 'gpt-4o-mini')
SUMMARY_MODEL = 'gpt-4o'
TOKENIZER_MODEL = 'gpt-4o'

MAX_HISTORY = 20
EMBED_COLOR = 0x5865F2
