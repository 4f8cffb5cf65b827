import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from tiny_models.fixtures import folders, model, models, qwen  # noqa: E402, F401
