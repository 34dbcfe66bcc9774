from .coder import Coder, Critic
from .planner import Planner

__all__ = ["Coder", "Critic", "Planner"]
