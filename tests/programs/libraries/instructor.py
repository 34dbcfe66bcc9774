"""As much of instructor as the programs need."""


class _Completions:
    def __init__(self, create):
        self._create = create

    def create(self, *, response_model, **arguments):
        schema = {"name": response_model.__name__, "schema": response_model.model_json_schema()}
        answer = self._create(response_format={"type": "json_schema", "json_schema": schema}, **arguments)
        return response_model.model_validate_json(answer.choices[0].message.content)


class Instructor:
    def __init__(self, client):
        self.client = client
        self.chat = self
        self.completions = _Completions(client.chat.completions.create)


def from_openai(client):
    return Instructor(client)
