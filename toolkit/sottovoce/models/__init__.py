"""Speech models: the bundled one, a folder, or one of the hub, all through one path.

Names are imported on first use, so that the table of architectures can be read without torch.
"""

import lazy_loader as _lazy

from sottovoce.models import telemetry  # noqa: F401 - before anything of the hub is imported

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
