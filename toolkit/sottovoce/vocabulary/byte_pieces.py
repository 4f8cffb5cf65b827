"""Tokens that are not whole characters, written as bytes."""

from __future__ import annotations

from functools import cache


@cache
def _byte_of_sign() -> dict[str, int]:
    """Return which byte each sign of byte-level BPE stands for.

    GPT-2's alphabet: printable bytes stand for themselves, the others follow from U+0100 on.
    """
    printable = {*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAC + 1), *range(0xAE, 0xFF + 1)}
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(0x100 + number): byte for number, byte in enumerate(others)
    }


def as_bytes(raw: str) -> str:
    """Return a raw piece of a character as hexadecimal bytes, the way SentencePiece writes them.

    Examples
    --------
    >>> as_bytes("æĢ")
    '<0xE6><0x80>'
    >>> as_bytes("<0xE6>")
    '<0xE6>'
    """
    if raw.startswith("<0x"):
        return raw
    alphabet = _byte_of_sign()
    if not all(sign in alphabet for sign in raw):
        return raw
    return "".join(f"<0x{alphabet[sign]:02X}>" for sign in raw)
