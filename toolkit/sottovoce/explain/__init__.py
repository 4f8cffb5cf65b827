"""What moved an emotion: steps and spellings, seconds, the voice, the words, layers, the question.

Names are imported on first use, so that what works on saved runs needs no torch.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
