"""As much of pydantic-settings as the programs need."""

import os

from pydantic import BaseModel


class BaseSettings(BaseModel):
    def __init__(self, **values):
        found = {name: os.environ[name.upper()] for name in type(self).model_fields if name.upper() in os.environ}
        super().__init__(**{**found, **values})
