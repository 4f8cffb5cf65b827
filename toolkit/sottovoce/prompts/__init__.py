"""Questions to a speech model: `Prompt`, and the library of named ones."""

from sottovoce.prompts.prompt import (
    DEFAULT_PROMPTS,
    AnswerFormat,
    Prompt,
    get_prompt,
    get_prompts,
    list_prompts,
)

__all__ = [
    "DEFAULT_PROMPTS",
    "AnswerFormat",
    "Prompt",
    "get_prompt",
    "get_prompts",
    "list_prompts",
]
