from .contributions import contributions as contributions
