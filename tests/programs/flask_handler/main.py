from app import app

with app.test_client() as visitor:
    for question in ("What is a codemod?", "Who uses it?"):
        answer = visitor.post("/ask", json={"question": question})
        assert answer.status_code == 200, answer.get_json()
        print(answer.get_json()["answer"])
    assert visitor.post("/ask", json={}).status_code == 400
