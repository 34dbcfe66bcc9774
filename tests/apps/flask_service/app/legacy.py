# old v0 routes, still used by the iOS app
import openai
from flask import Blueprint, request

from .settings import OPENAI_API_KEY

openai.api_key = OPENAI_API_KEY

legacy = Blueprint('legacy', __name__)


@legacy.route('/ask', methods=['GET', 'POST'])
def ask():
    question = request.values.get('q', '')
    if not question:
        return 'missing q', 400
    completion = openai.chat.completions.create(
        model='gpt-3.5-turbo',
        messages=[{'role': 'user', 'content': question}],
        max_tokens=256,
    )
    return completion.choices[0].message.content
