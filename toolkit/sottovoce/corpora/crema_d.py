"""CREMA-D: twelve sentences, acted in six emotions and heard by a crowd.

H. Cao, D. G. Cooper, M. K. Keutmann, R. C. Gur, A. Nenkova, R. Verma, "CREMA-D: Crowd-sourced
Emotional Multimodal Actors Dataset", IEEE Transactions on Affective Computing 5(4), 377-390, 2014,
doi:10.1109/TAFFC.2014.2336244.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from sottovoce.corpora.catalogue import corpus_entry
from sottovoce.corpora.checks import refuse_repeated, shortened
from sottovoce.corpora.corpus import Corpus, make_votes
from sottovoce.corpora.counts import count_votes
from sottovoce.corpora.files import read_table
from sottovoce.corpora.folders import require_folder, what_is_there
from sottovoce.corpora.labels import label_set
from sottovoce.corpora.ranges import format_numbers, parse_numbers
from sottovoce.errors import VotesError, require_one_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

Modality = Literal["voice", "face", "both"]

# Original recordings come before the same ones compressed.
FOLDERS = {"AudioWAV": ".wav", "AudioOpus": ".opus"}
VOTES = Path("processedResults", "tabulatedVotes.csv")
ACTORS = Path("VideoDemographics.csv")
RESPONSES = Path("finishedResponses.csv")
# H is happy; the table has no column for entropy.
COLUMNS = {emotion: letter.upper() for letter, emotion in label_set("crema-d").labels.items()}
ACTED = {
    "ANG": "angry",
    "DIS": "disgusted",
    "FEA": "fearful",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
LEVELS = {"LO": "low", "MD": "medium", "HI": "high"}
SENTENCES = {
    "DFA": "Don't forget a jacket.",
    "IEO": "It's eleven o'clock.",
    "IOM": "I'm on my way to the meeting.",
    "ITH": "I think I have a doctor's appointment.",
    "ITS": "I think I've seen this before.",
    "IWL": "I would like a new alarm clock.",
    "IWW": "I wonder what this is about.",
    "MTI": "Maybe tomorrow it will be cold.",
    "TAI": "The airplane is almost full.",
    "TIE": "That is exactly what happened.",
    "TSI": "The surface is slick.",
    "WSI": "We'll stop in a couple of minutes.",
}
_PERCEIVED = {
    "voice": "only heard the voice",
    "face": "only saw the face",
    "both": "saw the face and heard the voice",
}


def load_crema_d(
    root: str | os.PathLike[str] | None = None,
    *,
    actors: str | int | Iterable[int | str] | None = None,
    modality: Modality = "voice",
) -> Corpus:
    r"""Read CREMA-D, or the part of it that a folder holds.

    Parameters
    ----------
    root
        The folder with ``AudioWAV/`` or ``AudioOpus/`` and ``processedResults/``.
    actors
        Numbers of actors, such as ``"1061-1070"`` or ``[1061, 1065]``; None takes all that have
        recordings.
    modality
        Whose votes: of those who only heard the voice, only saw the face, or both.

    Returns
    -------
    Corpus
        Speakers are the actors' numbers. The columns ``acted`` and ``level`` say what the actor
        was asked for, which is not what listeners heard. Three recordings are there under two
        names, each with votes of its own (1006_TIE_HAP_XX and 1006_TIE_NEU_XX, 1013_WSI_DIS_XX
        and 1013_WSI_SAD_XX, 1017_IWW_ANG_XX and 1017_IWW_FEA_XX); they are left as they are.
        Clips without recording or without votes are left out, and the note counts them. Where the
        folder has ``finishedResponses.csv``, its raters are in ``single_ratings``; the votes stay
        those of the published table, which counts fewer answers, and the note tells how many clips
        differ.

    Raises
    ------
    VotesError
        If the folder is not CREMA-D, lacks an actor who was asked for, or has broken votes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sottovoce.corpora import load_corpus
    >>> root = Path(tempfile.mkdtemp())
    >>> for folder in ("AudioWAV", "processedResults"):
    ...     (root / folder).mkdir()
    >>> (root / "AudioWAV" / "1001_IEO_HAP_LO.wav").touch()
    >>> _ = (root / "processedResults" / "tabulatedVotes.csv").write_text(
    ...     ",A,D,F,H,N,S,fileName\n100002,0,0,0,3,6,0,1001_IEO_HAP_LO\n"
    ... )
    >>> load_corpus("crema-d", root).votes.to_pandas()[["happy", "neutral"]]
    emotion          happy  neutral
    utterance
    1001_IEO_HAP_LO    3.0      6.0
    """
    require_one_of("modality", modality, get_args(Modality), VotesError)
    folder = require_folder(root, "crema-d", "AudioWAV and processedResults")
    recordings = _recordings(folder)
    chosen = _choose_actors(recordings, actors, folder)
    recordings = {name: path for name, path in recordings.items() if _actor(name) in chosen}
    counts = _votes(folder, modality)
    counts = counts[[_actor(str(name)) in chosen for name in counts.index]]
    silent = sorted(set(counts.index) - set(recordings))
    unheard = sorted(set(recordings) - set(counts.index))
    names = sorted(set(recordings) & set(counts.index))
    if not names:
        raise VotesError(
            f"{folder}: none of the recordings of actors {format_numbers(chosen)} has votes in "
            f"{VOTES}"
        )
    utterances = _describe(names, recordings, folder)
    notes = [f"Acted speech; votes of those who {_PERCEIVED[modality]}."]
    for clips, lack in ((silent, "recording"), (unheard, "votes")):
        if clips:
            notes.append(f"Left out without {lack}: {len(clips)} ({shortened(clips, 3)}).")
    ratings = _responses(folder, modality, names)
    if ratings is not None and len(ratings):
        notes.append(_coverage(ratings, counts.loc[names]))
    return Corpus(
        name="crema-d",
        utterances=utterances,
        votes=make_votes(
            counts.loc[names],
            utterances["speaker"],
            modality=modality,
            n_left_out=len(silent) + len(unheard),
            n_without_votes=int((counts.loc[names].sum(axis=1) == 0).sum()),
        ),
        note=" ".join(notes),
        licence=corpus_entry("crema-d").licence,
        single_ratings=ratings,
    )


def _recordings(folder: Path) -> dict[str, Path]:
    """Return name -> file."""
    found: dict[str, Path] = {}
    for kind, suffix in FOLDERS.items():
        for path in sorted(folder.joinpath(kind).glob(f"[0-9]*_*{suffix}")):
            found.setdefault(path.stem, path)
    found = {name: path for name, path in found.items() if _actor(name)}
    if not found:
        raise VotesError(
            f"{folder}: no recordings of CREMA-D in {' or '.join(FOLDERS)}, such as "
            f"AudioWAV/1001_DFA_ANG_XX.wav; {what_is_there(folder)}. Give the folder that holds "
            "AudioWAV."
        )
    return found


def _actor(name: str) -> int:
    """Return the actor's number, or 0 where the name has none."""
    number = name.partition("_")[0]
    return int(number) if number.isdecimal() else 0


def _choose_actors(
    recordings: Iterable[str], actors: str | int | Iterable[int | str] | None, folder: Path
) -> set[int]:
    here = {_actor(name) for name in recordings}
    if actors is None:
        return here
    wanted = parse_numbers(actors, "actors")
    missing = [actor for actor in wanted if actor not in here]
    if missing:
        raise VotesError(
            f"{folder}: no recordings of actors {format_numbers(missing)}; there are recordings "
            f"of {format_numbers(here)}"
        )
    return set(wanted)


def _votes(folder: Path, modality: Modality) -> pd.DataFrame:
    """Return the counts of one modality, one row a clip, one column an emotion."""
    path = folder / VOTES
    table = read_table(path)
    missing = {"fileName", *COLUMNS.values()} - set(table.columns)
    if missing:
        raise VotesError(f"{path}: the columns {shortened(sorted(missing))} are missing")
    number = pd.to_numeric(table.iloc[:, 0], errors="coerce")
    if number.isna().any():
        raise VotesError(
            f"{path}, row {table.index[number.isna()][0]}: the first column must hold the number "
            "of the clip, 100000 and up for voices"
        )
    wanted = get_args(Modality).index(modality) + 1
    table = table[(number // 100_000 == wanted).to_numpy()]
    names = table["fileName"].astype(str).tolist()
    refuse_repeated(names, str(path))
    return count_votes(table, COLUMNS, names, str(path))


def _responses(folder: Path, modality: Modality, names: list[str]) -> pd.DataFrame | None:
    """Return who heard what in these clips; None where the file of the raters is not there."""
    path = folder / RESPONSES
    if not path.is_file():
        return None
    table = read_table(path)
    missing = {"localid", "queryType", "clipName", "respEmo"} - set(table.columns)
    if missing:
        raise VotesError(f"{path}: the columns {shortened(sorted(missing))} are missing")
    wanted = str(get_args(Modality).index(modality) + 1)
    table = table[(table["queryType"] == wanted) & table["clipName"].isin(names)]
    emotions = table["respEmo"].map(label_set("crema-d").emotion_of)
    if emotions.isna().any():
        row = table.index[emotions.isna()][0]
        raise VotesError(
            f"{path}, row {row}, column 'respEmo': {table.loc[row, 'respEmo']!r} must be one of "
            f"{', '.join(COLUMNS.values())}"
        )
    return pd.DataFrame(
        {"utterance": table["clipName"], "rater": table["localid"], "emotion": emotions}
    ).drop_duplicates(ignore_index=True)


def _coverage(ratings: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Say how many of the clips the raters' file covers, and where it counts otherwise."""
    rated = pd.crosstab(ratings["utterance"], ratings["emotion"])
    rated = rated.reindex(columns=counts.columns, fill_value=0)
    differ = int((rated != counts.loc[rated.index]).any(axis=1).sum())
    told = f"Single raters are known for {len(rated):,} of {len(counts):,} clips"
    return f"{told}; their counts differ from the votes for {differ:,}."


def _describe(names: list[str], recordings: dict[str, Path], folder: Path) -> pd.DataFrame:
    """Tell what the names and the table of actors say about each clip."""
    parts = [[*name.split("_"), "", "", ""][:4] for name in names]
    described = pd.DataFrame(
        {
            "path": [str(recordings[name]) for name in names],
            "speaker": [actor for actor, *_ in parts],
            "sentence": [SENTENCES.get(sentence, sentence) for _, sentence, *_ in parts],
            "acted": [ACTED.get(emotion, emotion) for *_, emotion, _ in parts],
            "level": [LEVELS.get(level, "unspecified") for *_, level in parts],
        },
        index=pd.Index(names, name="utterance"),
    )
    path = folder / ACTORS
    if path.is_file():
        people = read_table(path)
        missing = {"ActorID", "Age", "Sex"} - set(people.columns)
        if missing:
            raise VotesError(f"{path}: the columns {shortened(sorted(missing))} are missing")
        people = people.drop_duplicates("ActorID").set_index("ActorID")
        age = pd.to_numeric(people["Age"], errors="coerce")
        described["age"] = described["speaker"].map(age).astype("Int64")
        described["sex"] = described["speaker"].map(people["Sex"].str.lower()).fillna("")
    return described
