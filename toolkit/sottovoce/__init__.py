"""See what a speech model weighed under its answer.

Recordings and prompts go in; every decoding step's logits over a chosen slice of the vocabulary
come out as a labelled xarray dataset; read-outs turn them into emotion distributions, which are
drawn and held against what listeners said.
"""

import lazy_loader as _lazy

from sottovoce._version import __version__ as __version__

# Names are imported on first use (the list is in __init__.pyi), so that `import sottovoce` is
# quick and a saved run can be opened without torch.
__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
