import logging

import instructor
from django.conf import settings
from django.utils.functional import cached_property
from openai import OpenAI, OpenAIError
from pydantic import BaseModel

logger = logging.getLogger(__name__)

DRAFT_MODEL = 'gpt-4.1'
SENTIMENT_MODEL = 'gpt-4.1-nano'


class Triage(BaseModel):
    priority: int
    team: str


class TicketAI:
    """Everything we ask OpenAI about a ticket."""

    triage_model = 'gpt-4o-mini'

    def __init__(self, model=None):
        self.model = model or settings.OPENAI_MODEL

    @cached_property
    def client(self):
        return OpenAI(api_key=settings.OPENAI_API_KEY, timeout=settings.OPENAI_TIMEOUT)

    @property
    def structured(self):
        return instructor.from_openai(self.client)

    def suggest(self, ticket):
        try:
            response = self.client.chat.completions.create(
                model=self.model,
                messages=[
                    {'role': 'system', 'content': 'Draft a friendly reply.'},
                    {'role': 'user', 'content': ticket.body},
                ],
            )
        except OpenAIError:
            logger.exception('no suggestion for %s from %s', ticket.pk, self.model)
            return ''
        return response.choices[0].message.content

    def stream(self, ticket):
        stream = self.client.chat.completions.create(
            model=self.model,
            messages=[{'role': 'user', 'content': ticket.body}],
            stream=True,
        )
        for chunk in stream:
            yield chunk.choices[0].delta.content or ''

    def triage(self, ticket):
        return self.structured.chat.completions.create(
            model=self.triage_model,
            response_model=Triage,
            messages=[{'role': 'user', 'content': f'{ticket.subject}\n\n{ticket.body}'}],
        )

    def sentiment(self, ticket):
        response = self.client.responses.create(model=SENTIMENT_MODEL, input='One word, mood of: ' + ticket.body)
        return response.output_text

    def draft(self, ticket):
        """Write the first reply and keep it."""
        from tickets.models import Reply
        response = self.client.chat.completions.create(
            model=DRAFT_MODEL,
            messages=[{'role': 'user', 'content': 'Answer politely:\n' + ticket.body}],
        )
        return Reply.objects.create(ticket=ticket, text=response.choices[0].message.content, model=DRAFT_MODEL)

    def ask_assistant(self, assistant, question):
        response = self.client.chat.completions.create(
            model=assistant.model,
            messages=[{'role': 'system', 'content': assistant.prompt}, {'role': 'user', 'content': question}],
        )
        return response.choices[0].message.content


class Embedder:
    client = None

    @classmethod
    def get_client(cls):
        if cls.client is None:
            cls.client = OpenAI(api_key=settings.OPENAI_API_KEY)
        return cls.client

    @classmethod
    def embed(cls, *texts):
        result = cls.get_client().embeddings.create(
            model=settings.OPENAI_EMBEDDING_MODEL,
            input=list(texts),
        )
        return [row.embedding for row in result.data]
