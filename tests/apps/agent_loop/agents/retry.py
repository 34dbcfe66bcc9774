import logging
import random
import time

import openai

log = logging.getLogger(__name__)

RETRYABLE = (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError)


def with_retry(fn, *args, attempts=5, **kwargs):
    """Call fn(*args, **kwargs) again with backoff when the API is busy."""
    for i in range(attempts):
        try:
            return fn(*args, **kwargs)
        except RETRYABLE as exc:
            if i == attempts - 1:
                raise
            delay = 2 ** i + random.random()
            log.warning("%s, trying again in %.1fs", exc, delay)
            time.sleep(delay)
