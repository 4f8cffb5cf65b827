"""Rules held against sound as it arrives.

A `Monitor` takes chunks of sound, cuts them into windows that overlap, puts these to a model and
raises the alerts of its rules; `follow_file`, `read_pcm` and `microphone` are where chunks come
from. See :mod:`sottovoce.alerts` for the rules, for the log, and for what the law says.
"""

from sottovoce.monitoring.hearing import Heard
from sottovoce.monitoring.monitor import Monitor
from sottovoce.monitoring.pcm import PCM
from sottovoce.monitoring.sources import follow_file, microphone, read_pcm
from sottovoce.monitoring.totals import Totals

__all__ = ["PCM", "Heard", "Monitor", "Totals", "follow_file", "microphone", "read_pcm"]
