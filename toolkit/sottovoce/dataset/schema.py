"""What a run holds: the one table from which runs are built, checked and described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SCHEMA_VERSION = 1

Kind: TypeAlias = Literal["float32", "float64", "int64", "str"]

UTTERANCE = ("utterance",)
PROMPT = ("prompt",)
TOKEN = ("token",)
ANSWER = ("utterance", "prompt")
STEP = ("utterance", "prompt", "step")
SLICE = ("utterance", "prompt", "step", "token")

DIMENSIONS = ("utterance", "prompt", "step", "token")

STATUSES = ("ok", "error")


@dataclass(frozen=True, slots=True)
class Field:
    """One variable, coordinate or attribute of a run.

    Parameters
    ----------
    dims
        Its dimensions, in their usual order.
    kind
        The type of its values.
    meaning
        What it says, in one line.
    units
        Its unit, where it has one.
    optional
        Whether it may be absent, as it is in runs that were made before it came.
    """

    dims: tuple[str, ...]
    kind: Kind
    meaning: str
    units: str = ""
    optional: bool = False


VARIABLES: dict[str, Field] = {
    "logit": Field(
        SLICE, "float32", "raw logit, before any penalty, temperature or truncation", "nat"
    ),
    "log_normalizer": Field(
        STEP, "float32", "log-sum-exp of the logits over the whole vocabulary", "nat"
    ),
    "entropy": Field(STEP, "float32", "entropy of the whole vocabulary's distribution", "nat"),
    "chosen_token": Field(STEP, "int64", "id of the token that was emitted, -1 after the end"),
    "chosen_logit": Field(STEP, "float32", "raw logit of the token that was emitted", "nat"),
    "chosen_text": Field(STEP, "str", "what the emitted token adds to the text"),
    "answer": Field(ANSWER, "str", "the generated text"),
    "n_steps": Field(ANSWER, "int64", "number of steps, the one that ended the answer included"),
    "status": Field(ANSWER, "str", "ok or error"),
    "message": Field(ANSWER, "str", "why it failed, empty if it did not"),
}

COORDINATES: dict[str, Field] = {
    "utterance": Field(UTTERANCE, "str", "name of the recording, or of a window of it"),
    "prompt": Field(PROMPT, "str", "name of the prompt"),
    "token": Field(TOKEN, "int64", "id in the model's tokenizer"),
    "path": Field(UTTERANCE, "str", "file that was heard, empty for an array"),
    "duration": Field(UTTERANCE, "float64", "length of what was heard", "s"),
    "speaker": Field(UTTERANCE, "str", "who speaks, empty if unknown"),
    "content_hash": Field(UTTERANCE, "str", "SHA-256 of the recording, empty if unread"),
    "notes": Field(UTTERANCE, "str", "what was noticed when it was loaded"),
    "recording": Field(
        UTTERANCE, "str", "name of the recording that the utterance is all or a window of", "", True
    ),
    "start": Field(UTTERANCE, "float64", "where the window begins in its recording", "s", True),
    "end": Field(UTTERANCE, "float64", "where the window ends in its recording", "s", True),
    "prompt_text": Field(PROMPT, "str", "the question"),
    "prompt_format": Field(PROMPT, "str", "the form of answer that it asks for"),
    "prompt_language": Field(PROMPT, "str", "its language, ISO 639-1"),
    "prompt_of": Field(PROMPT, "str", "name of the prompt to which this is one sample", "", True),
    "sample": Field(PROMPT, "int64", "number of the sample, from 1", "", True),
    "token_text": Field(TOKEN, "str", "the token as text"),
    "concept": Field(TOKEN, "str", "what the token speaks for"),
    "kind": Field(TOKEN, "str", "emotion, percentage or other"),
    "spelling": Field(TOKEN, "str", "the word that the token writes or begins"),
    "n_pieces": Field(TOKEN, "int64", "tokens in the spelling; 1 if the token is all of it"),
}

ATTRIBUTES: dict[str, str] = {
    "schema_version": "version of this table, an integer",
    "model_id": "the model's name",
    "model_revision": "commit or hash of the model's weights",
    "dtype": "number format that the model ran in",
    "tokenizer_hash": "hash of the vocabulary and the chat template",
    "token_set": "the concepts and their spellings, JSON",
    "token_set_hash": "hash of the token set",
    "decoding": "how the answers were generated, JSON",
    "versions": "packages and their versions, JSON",
    "created": "when, ISO 8601 in UTC",
    "sottovoce_version": "version of sottovoce",
}

JSON_ATTRIBUTES = ("token_set", "decoding", "versions")


def describe_schema() -> str:
    """Return the schema as a text table, one line a variable or coordinate.

    Examples
    --------
    >>> print(describe_schema())
    logit            float32  (utterance, prompt, step, token)  raw logit, before ...
    log_normalizer   float32  (utterance, prompt, step)         log-sum-exp of ...
    ...
    """
    return "\n".join(
        f"{name:<16} {field.kind:<8} {'(' + ', '.join(field.dims) + ')':<33} {field.meaning}"
        for name, field in {**VARIABLES, **COORDINATES}.items()
    )
