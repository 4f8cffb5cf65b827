"""IEMOCAP: ten actors in pairs, improvised and scripted, each turn rated by at least three people.

C. Busso, M. Bulut, C.-C. Lee, A. Kazemzadeh, E. Mower, S. Kim, J. N. Chang, S. Lee,
S. S. Narayanan, "IEMOCAP: Interactive emotional dyadic motion capture database", Language Resources
and Evaluation 42, 335-359, 2008, doi:10.1007/s10579-008-9076-6.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sottovoce.corpora.assemble import assemble
from sottovoce.corpora.catalogue import corpus_entry
from sottovoce.corpora.folders import read_lines, require_folder, visible
from sottovoce.corpora.labels import label_set
from sottovoce.corpora.ranges import format_numbers, parse_numbers
from sottovoce.errors import VotesError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from sottovoce.corpora.corpus import Corpus

SESSION = re.compile(r"Session(\d+)")
EVALUATIONS = Path("dialog", "EmoEvaluation")
RECORDINGS = Path("sentences", "wav")
NUMBER = r"(?:-?\d+(?:\.\d+)?|[Nn]a[Nn])"
TURN = re.compile(
    rf"\[\s*{NUMBER}\s*-\s*{NUMBER}\s*\]\s+(\S+)\s+(\S+)"
    rf"\s+\[\s*({NUMBER})\s*,\s*({NUMBER})\s*,\s*({NUMBER})\s*\]"
)
# Who wears the markers stands in the dialogue's name; who speaks, in the turn's.
NAME = re.compile(r"(Ses(\d\d))[FM]_(\w+)_([FM])[X\d]*\d")
# C is for categories (A, for attributes, is read past); the rater follows.
RATING = re.compile(r"C-([A-Z]\d+)\s*:\s*(.*)")
SELF_REPORT = ("F", "M")


def load_iemocap(
    root: str | os.PathLike[str] | None = None,
    *,
    sessions: str | int | Iterable[int | str] | None = None,
    labels: str | Mapping[str, str] | None = None,
) -> Corpus:
    r"""Read IEMOCAP, or the sessions of it that a folder holds.

    Parameters
    ----------
    root
        The folder with ``Session1`` to ``Session5``.
    sessions
        Numbers of sessions, such as ``"1-4"``; None takes all that are there.
    labels
        "iemocap" (the default) keeps all ten answers, "iemocap-4" and "iemocap-6" are the sets of
        most papers, "iemocap-basic" fits the six emotions of the presets; or a mapping from
        answers to emotions.

    Returns
    -------
    Corpus
        Votes are those of the evaluators in the summaries of ``dialog/EmoEvaluation``, each of
        whom may have given several labels. What the actors said of themselves is left out. The
        speaker is that of the turn ("Ses01F"), whoever wears the markers in the dialogue. The
        columns ``majority``, ``valence``, ``activation`` and ``dominance`` are the summaries'.

    Raises
    ------
    VotesError
        If the folder is not IEMOCAP, lacks a session that was asked for, or has a broken file;
        the message names the line.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> folder = root / "Session1" / "dialog" / "EmoEvaluation"
    >>> folder.mkdir(parents=True)
    >>> _ = (folder / "Ses01F_impro01.txt").write_text(
    ...     "[1.0 - 2.5]\tSes01F_impro01_M000\thap\t[4.0, 3.0, 3.0]\n"
    ...     "C-E1:\tHappiness; Excited;\t()\nC-E2:\tNeutral;\t(polite)\nC-M1:\tOther;\t()"
    ... )
    >>> wav = root / "Session1" / "sentences" / "wav" / "Ses01F_impro01"
    >>> wav.mkdir(parents=True)
    >>> (wav / "Ses01F_impro01_M000.wav").touch()
    >>> corpus = load_iemocap(root, labels="iemocap-4")
    >>> corpus.votes.to_pandas()
    emotion              angry  happy  neutral  sad
    utterance
    Ses01F_impro01_M000    0.0    1.0      1.0  0.0
    >>> corpus.speakers
    ['Ses01M']
    """
    chosen_labels = label_set(labels, "iemocap")
    folder = require_folder(root, "iemocap", "Session1 to Session5")
    rows: list[dict[str, str | float]] = []
    ratings: list[tuple[str, str, str]] = []
    n_self = 0
    for session in _sessions(folder, sessions):
        recordings = {path.stem: str(path) for path in visible(session / RECORDINGS, "*/*.wav")}
        files = visible(session / EVALUATIONS, "Ses*.txt")
        if not files:
            raise VotesError(
                f"{session / EVALUATIONS}: no summaries of the evaluation, such as "
                "Ses01F_impro01.txt. Give a folder with the full release of IEMOCAP."
            )
        for path in files:
            turns, heard, own = _read_summary(path)
            rows += [turn | {"path": recordings.get(str(turn["utterance"]), "")} for turn in turns]
            ratings += heard
            n_self += own
    if not rows:
        raise VotesError(
            f"{folder}: the summaries of the evaluation name no turn, such as "
            "'[6.29 - 8.23] Ses01F_impro01_F000 neu [2.5, 2.5, 2.5]'"
        )
    entry = corpus_entry("iemocap")
    return assemble(
        "iemocap",
        pd.DataFrame(rows).set_index("utterance"),
        pd.DataFrame(ratings, columns=["utterance", "rater", "label"]),
        chosen_labels,
        source=str(folder),
        notes=[
            "Acted dialogues; votes of evaluators who saw and heard them, in order.",
            f"Self-reports left out: {n_self:,}." if n_self else "",
        ],
        licence=entry.licence,
    )


def _sessions(folder: Path, sessions: str | int | Iterable[int | str] | None) -> list[Path]:
    here = {
        int(match[1]): path
        for path in sorted(folder.iterdir())
        if (match := SESSION.fullmatch(path.name)) and path.is_dir()
    }
    if not here:
        within = [path.name for path in sorted(folder.iterdir()) if path.is_dir()][:3]
        raise VotesError(
            f"{folder}: no folders called Session1 to Session5, but "
            f"{', '.join(within) or 'no folders at all'}. Give the folder of IEMOCAP that holds "
            "them, often called IEMOCAP_full_release."
        )
    if sessions is None:
        return list(here.values())
    wanted = parse_numbers(sessions, "sessions")
    missing = [number for number in wanted if number not in here]
    if missing:
        raise VotesError(
            f"{folder}: no sessions {format_numbers(missing)}; there are {format_numbers(here)}"
        )
    return [here[number] for number in wanted]


def _read_summary(
    path: Path,
) -> tuple[list[dict[str, str | float]], list[tuple[str, str, str]], int]:
    """Return the turns of a dialogue, who heard what in them, and the number of self-reports."""
    turns: list[dict[str, str | float]] = []
    ratings: list[tuple[str, str, str]] = []
    n_self = 0
    turn = ""
    for number, line in enumerate(read_lines(path), start=1):
        if line.startswith("["):
            turn = _add_turn(line, turns, f"{path}, line {number}")
        elif line.startswith("C-"):
            match = RATING.fullmatch(line)
            if not match or not turn:
                raise VotesError(
                    f"{path}, line {number}: {line[:60]!r} is no rating of a turn. It must be like "
                    "'C-E1: Neutral; (comment)', after the line of its turn."
                )
            if match[1].startswith(SELF_REPORT):
                n_self += 1
                continue
            # A comment may hold semicolons and brackets of its own.
            heard = [word.strip() for word in match[2].partition("(")[0].split(";")]
            ratings += [(turn, match[1], label) for label in dict.fromkeys(filter(None, heard))]
    return turns, ratings, n_self


def _add_turn(line: str, turns: list[dict[str, str | float]], place: str) -> str:
    match = TURN.match(line)
    name = NAME.fullmatch(match[1]) if match else None
    if not match or not name:
        raise VotesError(
            f"{place}: {line[:80]!r} is no turn. It must be like "
            "'[6.29 - 8.23] Ses01F_impro01_F000 neu [2.5, 2.5, 2.5]'."
        )
    turns.append(
        {
            "utterance": match[1],
            "path": "",
            "speaker": f"{name[1]}{name[4]}",
            "session": name[2].lstrip("0"),
            "sex": "female" if name[4] == "F" else "male",
            "dialogue": match[1].rpartition("_")[0],
            "scenario": "scripted" if name[3].startswith("script") else "improvised",
            "majority": match[2],
            "valence": float(match[3]),
            "activation": float(match[4]),
            "dominance": float(match[5]),
        }
    )
    return match[1]
