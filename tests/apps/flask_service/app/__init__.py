from flask import Flask

from .ai import get_client

__all__ = ['create_app', 'get_client']


def create_app():
    app = Flask(__name__)
    app.config['MAX_CONTENT_LENGTH'] = 1024 * 1024

    from .legacy import legacy
    from .routes import api
    app.register_blueprint(api, url_prefix='/api')
    app.register_blueprint(legacy, url_prefix='/v0')
    return app
