"""Everything comes from the environment (12factor)."""
import os

OPENAI_API_KEY = os.environ.get('OPENAI_API_KEY')
if not OPENAI_API_KEY:
    raise RuntimeError('OPENAI_API_KEY is not set')

CHAT_MODEL = os.environ.get('CHAT_MODEL', 'gpt-4o-mini')
EMBEDDING_MODEL = 'text-embedding-3-large'
MODERN_MODEL = os.environ['MODERN_MODEL']

AZURE_ENDPOINT = os.environ.get('AZURE_OPENAI_ENDPOINT', '')
AZURE_KEY = os.environ.get('AZURE_OPENAI_API_KEY', '')
