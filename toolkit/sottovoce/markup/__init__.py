"""HTML of ours, in which nothing from a model, a file or a table can be a tag."""

from sottovoce.markup.elements import Markup, escape, joined, tag
from sottovoce.markup.media import AUDIO_TYPES, audio_player, data_uri, image

__all__ = ["AUDIO_TYPES", "Markup", "audio_player", "data_uri", "escape", "image", "joined", "tag"]
