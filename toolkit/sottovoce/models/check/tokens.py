"""Whether tokens are read back as the text that they write, and whether the head knows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sottovoce.models.check.finding import Finding

if TYPE_CHECKING:
    from sottovoce.models.check.probe import Probe

TEXTS = (
    "angry", " angry", "Angry", "disgusted", "fearful", "happy", "neutral", "sad",
    "45%", "angry 60%, sad 40%", '{"angry": 60, "sad": 40}', "The speaker sounds",
    "怒り 60%、悲しみ 40%", "喜び", "naïve", "so \N{ANGRY FACE}!",
)  # fmt: skip


def check_token_ids(probe: Probe) -> Finding:
    """Return how many texts come back changed, of those that the tokenizer can write."""
    tokenizer = probe.model.tokenizer
    vocabulary = probe.alone(probe.low).logits.shape[-1]
    written = {text: ids for text in TEXTS if (ids := _written(tokenizer, text))}
    if not written:
        meaning = "the tokenizer writes none of the texts that were tried"
        return Finding("token_ids", "failed", None, None, meaning, "Check the tokenizer's files.")
    changed = [text for text, ids in written.items() if _read(tokenizer, ids) != text.strip()]
    strange = sorted({i for ids in written.values() for i in ids if i >= vocabulary})
    strange += [i for i in probe.model.end_tokens if i >= vocabulary]
    wrong = len(changed) + len(strange)
    if not wrong:
        meaning = f"of {len(written)} texts so many come back changed"
        return Finding("token_ids", "passed", 0.0, 0.0, meaning)
    told = []
    if changed:
        told.append(f"{len(changed)} of {len(written)} texts change, such as {changed[0]!r}")
    if strange:
        told.append(f"{strange[0]} is the id of a token, and the model weighs {vocabulary} tokens")
    return Finding(
        "token_ids",
        "failed",
        float(wrong),
        0.0,
        "; ".join(told),
        "The tokenizer is not the one that the model was trained with; save the right one beside "
        "the weights.",
    )


def _written(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False)
    unknown = getattr(tokenizer, "unk_token_id", None)
    return [] if unknown is not None and unknown in ids else ids


def _read(tokenizer: Any, ids: list[int]) -> str:
    # Some tokenizers put a space before the first word of a text.
    text: str = tokenizer.decode(ids, skip_special_tokens=False)
    return text.strip()
