from fastapi.testclient import TestClient

from service.api import app

client = TestClient(app)
print(client.post("/translate", json={"text": "Guten Tag", "to": "en"}).json())
print(client.post("/translate", json={"text": "Bonjour"}).json())
