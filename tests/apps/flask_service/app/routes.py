import json

from flask import Blueprint, Response, jsonify, request

from . import get_client, settings
from .ai import complete, complete_eu
from .usage import cost_of

api = Blueprint('api', __name__)

LABELS = ['billing', 'bug', 'praise', 'other']
CLASSIFY_TOOL = {
    'type': 'function',
    'function': {
        'name': 'classify',
        'parameters': {
            'type': 'object',
            'properties': {'label': {'type': 'string', 'enum': LABELS}},
            'required': ['label'],
        },
    },
}


@api.post('/chat')
def chat():
    body = request.get_json()
    if body.get('region') == 'eu':
        r = complete_eu(body['messages'])
    else:
        r = complete(body['messages'], temperature=body.get('temperature', 0.7))
    return jsonify(reply=r.choices[0].message.content, cost=cost_of(r))


@api.post('/stream')
def stream():
    messages = request.get_json()['messages']

    def generate():
        chunks = get_client().chat.completions.create(
            model=settings.CHAT_MODEL,
            messages=messages,
            stream=True,
        )
        for chunk in chunks:
            text = chunk.choices[0].delta.content
            if text is not None:
                yield f'data: {json.dumps(text)}\n\n'
        yield 'data: [DONE]\n\n'

    return Response(generate(), mimetype='text/event-stream')


@api.post('/classify')
def classify():
    r = complete(
        [{'role': 'user', 'content': request.get_json()['text']}],
        model='gpt-4.1-mini',
        tools=[CLASSIFY_TOOL],
        tool_choice={'type': 'function', 'function': {'name': 'classify'}},
    )
    return jsonify(json.loads(r.choices[0].message.tool_calls[0].function.arguments))


@api.post('/embed')
def embed():
    texts = request.get_json()['texts']
    data = get_client().embeddings.create(input=texts, model=settings.EMBEDDING_MODEL).data
    return jsonify([d.embedding for d in data])


@api.post('/reason')
def reason():
    r = get_client().responses.create(
        model=settings.MODERN_MODEL,
        input=request.get_json()['question'],
        reasoning={'effort': 'low'},
    )
    return jsonify(answer=r.output_text)


@api.post('/playground')
def playground():
    model = request.get_json().get('model')
    r = get_client().chat.completions.create(
        model=model,
        messages=request.get_json()['messages'],
    )
    return jsonify(r.model_dump())
