"""askai: GPT on your command line."""

from .client import chat, get_client
from .constants import DEFAULT_MODEL

__all__ = ["chat", "get_client", "DEFAULT_MODEL"]
__version__ = "0.2.1"
