"""As much of FastAPI as the programs need."""


class FastAPI:
    def __init__(self):
        self.routes = {}

    def post(self, path):
        return lambda function: self.routes.setdefault(path, function)
