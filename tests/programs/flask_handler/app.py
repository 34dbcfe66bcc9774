import logging

from flask import Flask, jsonify, request
from openai import APIError, OpenAI

app = Flask(__name__)
openai_client = OpenAI(timeout=20.0, max_retries=1)
log = logging.getLogger(__name__)


@app.route("/ask", methods=["POST"])
def ask():
    question = request.get_json().get("question")
    if not question:
        return jsonify({"error": "question is missing"}), 400
    try:
        completion = openai_client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": question}],
        )
    except APIError as error:
        log.exception("the model did not answer")
        return jsonify({"error": str(error)}), 502
    return jsonify({"answer": completion.choices[0].message.content, "id": completion.id})
