"""Importing this switches the hub's telemetry off: no word goes out about who loads what."""

from __future__ import annotations

import os
import sys

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"

# Where the hub's client was imported before, it has read its settings already.
if "huggingface_hub.constants" in sys.modules:
    vars(sys.modules["huggingface_hub.constants"])["HF_HUB_DISABLE_TELEMETRY"] = True
