"""Concepts, their spellings, and the tokens that write them."""

from sottovoce.vocabulary.resolve import ResolvedTokens as ResolvedTokens
from sottovoce.vocabulary.synonyms import EMOTIONS as EMOTIONS
from sottovoce.vocabulary.synonyms import normalise_emotion as normalise_emotion
from sottovoce.vocabulary.tokenset import TokenSet as TokenSet
from sottovoce.vocabulary.tokenset import as_token_set as as_token_set
from sottovoce.vocabulary.tokenset import preset_names as preset_names
