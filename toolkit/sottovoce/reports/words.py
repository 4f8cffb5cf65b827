"""What the demo's page says in plain words."""

from __future__ import annotations

BUNDLED_MODEL = (
    "The model that comes with sottovoce is small and made for trying things out. Its architecture "
    "is Qwen2-Audio's; its tokenizer and weights are the project's own, trained on the voices of "
    "CREMA-D (actors 1001 to 1060, with the votes of those who only heard them; Open Database "
    "License 1.0) and on synthetic speech. Its card lies beside the weights. Whatever works with "
    "it works with larger models, such as Qwen/Qwen2-Audio-7B-Instruct."
)
OTHER_MODEL = "The model is {name}."

_STEPS = """
A model writes its answer token by token, and before each token it weighs its whole vocabulary.
What it says is one path through these weights. What it weighed at the step where it names an
emotion is a distribution, and it is there even when a single word is said.
"""
_JS = """
JS is the Jensen-Shannon divergence, base 2, between the model's distribution and the listeners':
0 is the same, 1 has nothing in common.
"""
HOW_TO_READ = (_STEPS.strip(), _JS.strip())

_SYNTHETIC = """
The recordings were spoken by a synthesiser and the votes were drawn by a program. They show how
the instrument works, and say nothing about how well a model hears people.
"""
_FALLIBLE = """
Nobody's feelings can be read off a voice with certainty. People who listen to the same acted
recording agree little (on the voices of CREMA-D, Krippendorff's alpha is .28), and a distribution
over six words is a summary of opinions, not of a state of mind.
"""
_REGULATED = """
The European Union's AI Act (Regulation 2024/1689, Article 5(1)(f)) bans inferring people's
emotions at work and in education, with exceptions for medicine and safety. Elsewhere emotion
recognition counts as high-risk, and those concerned must be told. Keep a person in the loop.
"""
_LOCAL = "Recordings stay on this computer: sottovoce sends nothing anywhere."
LIMITS = (_SYNTHETIC.strip(), _FALLIBLE.strip(), _REGULATED.strip(), _LOCAL)

NEXT_STEPS = (
    ("Put your own recordings to the model:", "sottovoce analyse my_recordings/ --out my_run.zarr"),
    (
        "If you have votes for them, a table with one column for each emotion:",
        "sottovoce evaluate my_run.zarr --votes my_votes.csv",
    ),
    (
        "Use a larger model; it is downloaded once:",
        "sottovoce analyse my_recordings/ --model Qwen/Qwen2-Audio-7B-Instruct",
    ),
    ("Open this run in Python:", 'import sottovoce\nrun = sottovoce.open_run("run.zarr")'),
    ("Or start with the notebook:", "make lab"),
)


def model_paragraph(model_id: str) -> str:
    """Return what there is to say about the model.

    Examples
    --------
    >>> model_paragraph("my-model")
    'The model is my-model.'
    """
    return BUNDLED_MODEL if model_id == "bundled" else OTHER_MODEL.format(name=model_id)
