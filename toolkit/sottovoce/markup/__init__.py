"""HTML of ours, in which nothing from a model, a file or a table can be a tag."""

from sottovoce.markup.elements import Markup, escape, joined, tag
from sottovoce.markup.lines import WHITESPACE, one_line
from sottovoce.markup.media import AUDIO_TYPES, audio_player, data_uri, image
from sottovoce.markup.summary import ON_THE_LEFT, bar, card, facts, folded, table, token

__all__ = [
    "AUDIO_TYPES",
    "ON_THE_LEFT",
    "WHITESPACE",
    "Markup",
    "audio_player",
    "bar",
    "card",
    "data_uri",
    "escape",
    "facts",
    "folded",
    "image",
    "joined",
    "one_line",
    "table",
    "tag",
    "token",
]
