"""As much of Flask as the programs need."""

import json


class _Request:
    body = None

    def get_json(self):
        return self.body


request = _Request()


class _Response:
    def __init__(self, value, status_code):
        self._value, self.status_code = value, status_code

    def get_json(self):
        return self._value


def jsonify(value):
    return json.loads(json.dumps(value))


class _Visitor:
    def __init__(self, routes):
        self._routes = routes

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def post(self, path, json):
        request.body = json
        result = self._routes[path]()
        return _Response(*result) if isinstance(result, tuple) else _Response(result, 200)


class Flask:
    def __init__(self, name):
        self._routes = {}

    def route(self, path, methods=("GET",)):
        return lambda function: self._routes.setdefault(path, function)

    def test_client(self):
        return _Visitor(self._routes)
