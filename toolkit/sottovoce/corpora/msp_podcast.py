"""MSP-Podcast: turns of podcasts, rated by a crowd.

R. Lotfian, C. Busso, "Building naturalistic emotionally balanced speech corpus by retrieving
emotional speech from existing podcast recordings", IEEE Transactions on Affective Computing 10(4),
471-483, 2019, doi:10.1109/TAFFC.2017.2736999.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from sottovoce.corpora.assemble import assemble
from sottovoce.corpora.catalogue import corpus_entry
from sottovoce.corpora.checks import shortened
from sottovoce.corpora.folders import require_folder, visible, what_is_there
from sottovoce.corpora.labels import label_set
from sottovoce.corpora.msp_labels import UNREAD, read_consensus, read_detailed
from sottovoce.errors import VotesError, require_one_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from sottovoce.corpora.corpus import Corpus

Answer = Literal["primary", "secondary"]

LABEL_FOLDERS = ("Labels", "labels", "label", ".")
AUDIO_FOLDERS = ("Audios", "Audio", "audios", "audio", ".")
DETAILED = ("labels_detailed.csv", "labels_detailed.json", "labels.txt")
CONSENSUS = (
    "labels_consensus.csv",
    "labels_consensus.json",
    "labels_concensus.csv",
    "labels_concensus.json",
)
# What the release calls it -> what a corpus calls it.
KNOWN = {
    "EmoClass": "consensus",
    "EmoAct": "arousal",
    "EmoVal": "valence",
    "EmoDom": "dominance",
    "Gender": "sex",
    "Split_Set": "split",
}


def load_msp_podcast(
    root: str | os.PathLike[str] | None = None,
    *,
    split: str | Iterable[str] | None = None,
    answer: Answer = "primary",
    labels: str | Mapping[str, str] | None = None,
) -> Corpus:
    r"""Read MSP-Podcast, release 1.6 to 2.0, or the part of it that a folder holds.

    Parameters
    ----------
    root
        The folder with ``Labels/`` and ``Audios/``.
    split
        Only these parts, as the release calls them ("Train", "Development", "Test1"); None for
        all.
    answer
        "primary": the one emotion that a worker chose; "secondary": all that he heard besides.
    labels
        "msp-podcast" (the default) keeps all nine primary answers, "msp-podcast-8" leaves out
        other, "msp-podcast-4" and "msp-podcast-basic" keep four and the six of the presets; or a
        mapping from answers to emotions.

    Returns
    -------
    Corpus
        Answers in a worker's own words ("Other-confused") count as other; the note tells how many
        there are. Columns: ``split``, ``sex``, ``consensus`` and the three scales, where the
        release has them. Where it has only the consensus, that is the one vote of a recording, and
        the note says so.

    Raises
    ------
    VotesError
        If the folder is not MSP-Podcast, has no such part, or has a broken file.

    Examples
    --------
    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> for folder in ("Labels", "Audios"):
    ...     (root / folder).mkdir()
    >>> (root / "Audios" / "MSP-PODCAST_0001_0008.wav").touch()
    >>> _ = (root / "Labels" / "labels.txt").write_text(
    ...     "MSP-PODCAST_0001_0008.wav; N; A:3.0; V:4.0; D:4.0;\n"
    ...     "WORKER00000001; Other-bored; Annoyed; A:2.0; V:4.0; D:3.0;\n"
    ...     "WORKER00000002; Neutral; Neutral; A:4.0; V:4.0; D:5.0;\n"
    ... )
    >>> corpus = load_msp_podcast(root, labels="msp-podcast-8")
    >>> corpus.votes.sel(emotion="neutral").values.tolist(), corpus.left_out
    ([1.0], {'other': 1})
    """
    require_one_of("answer", answer, get_args(Answer), VotesError)
    secondary = answer == "secondary"
    chosen_labels = label_set(labels, "msp-podcast-secondary" if secondary else "msp-podcast")
    folder = require_folder(root, "msp-podcast", "Labels and Audios")
    detailed, consensus = _label_files(folder)
    known = read_consensus(consensus) if consensus else pd.DataFrame()
    if detailed:
        rows = read_detailed(detailed)
    elif secondary:
        raise VotesError(
            f"{folder}: secondary answers are in {' or '.join(DETAILED)}; there is only {consensus}"
        )
    else:
        rows = _consensus_as_votes(known)
    names = pd.Index(list(dict.fromkeys([*rows["utterance"], *known.index])))
    utterances = _describe(names, known, folder)
    if split is not None:
        utterances = _of_split(utterances, split, folder)
    own_words, ratings = _ratings(rows, secondary)
    ratings = ratings.assign(utterance=[PurePath(name).stem for name in ratings["utterance"]])
    ratings = ratings[ratings["utterance"].isin(set(utterances.index))]
    return assemble(
        "msp-podcast",
        utterances,
        ratings,
        chosen_labels,
        source=str(folder),
        notes=[
            f"Podcasts; {answer} answers of a crowd that heard the voice."
            if detailed
            else "Podcasts; the consensus is the only vote, as single answers are not here.",
            "" if consensus else "Speakers unknown: there is no labels_consensus.",
            own_words,
            _not_read(rows),
        ],
        licence=corpus_entry("msp-podcast").licence,
    )


def is_msp_podcast(folder: Path) -> bool:
    """Tell whether a folder holds label files of MSP-Podcast."""
    return any(
        (folder / place / file).is_file()
        for place in LABEL_FOLDERS
        for file in (*DETAILED[:2], *CONSENSUS)
    )


def _label_files(folder: Path) -> tuple[Path | None, Path | None]:
    for name in LABEL_FOLDERS:
        place = folder / name
        detailed = next((place / file for file in DETAILED if (place / file).is_file()), None)
        consensus = next((place / file for file in CONSENSUS if (place / file).is_file()), None)
        if detailed or consensus:
            return detailed, consensus
    raise VotesError(
        f"{folder}: no {DETAILED[0]}, {DETAILED[1]}, {DETAILED[2]} or {CONSENSUS[0]} in Labels; "
        f"{what_is_there(folder)}. Give the folder of MSP-Podcast that holds Labels and Audios."
    )


def _consensus_as_votes(known: pd.DataFrame) -> pd.DataFrame:
    agreed = known[known["EmoClass"] != "X"]
    return pd.DataFrame({"utterance": agreed.index, "primary": agreed["EmoClass"].to_numpy()})


def _describe(names: pd.Index, known: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Return what is known of each recording, called by its name without the suffix."""
    files: dict[str, str] = {}
    for place in AUDIO_FOLDERS:
        if (folder / place).is_dir() and not files:
            files = {path.name: str(path) for path in visible(folder / place, "*.wav")}
    known = known.reindex(names).fillna("")
    speaker = known["SpkrID"].str.strip() if "SpkrID" in known else pd.Series("", index=names)
    described = pd.DataFrame(
        {
            "path": [files.get(str(name), "") for name in names],
            "speaker": speaker.where(speaker.str.lower() != "unknown", ""),
        },
        index=names,
    )
    for column, called in KNOWN.items():
        if column in known:
            described[called] = known[column].str.strip()
    for scale in ("arousal", "valence", "dominance"):
        if scale in described:
            described[scale] = pd.to_numeric(described[scale], errors="coerce")
    if "sex" in described:
        described["sex"] = described["sex"].str.lower().replace("unknown", "")
    described.index = pd.Index([PurePath(str(name)).stem for name in names], name="utterance")
    return described


def _of_split(utterances: pd.DataFrame, split: str | Iterable[str], folder: Path) -> pd.DataFrame:
    wanted = {split} if isinstance(split, str) else set(split)
    there = set(utterances["split"]) - {""} if "split" in utterances else set()
    if wanted - there:
        raise VotesError(
            f"{folder}: no part called {shortened(sorted(wanted - there))}; there are "
            f"{shortened(sorted(there)) or 'none'}"
        )
    return utterances[utterances["split"].isin(wanted)]


def _ratings(rows: pd.DataFrame, secondary: bool) -> tuple[str, pd.DataFrame]:
    """Return a note on answers in own words, and one row an answer."""
    if secondary:
        rows = rows.assign(label=rows["secondary"].map(_several)).explode("label")
    else:
        rows = rows.assign(label=rows["primary"])
    labels = rows["label"].fillna("").str.strip()
    in_own_words = labels.str.lower().str.startswith("other-")
    n = int(in_own_words.sum())
    wordings = labels[in_own_words].str[6:].str.strip().str.lower().nunique()
    rows = rows.assign(label=labels.mask(in_own_words, "Other"))[labels != ""]
    columns = [column for column in ("utterance", "rater", "label") if column in rows]
    note = (
        f"In listeners' own words, counted as other: {n:,} (different: {wordings:,})." if n else ""
    )
    return note, rows[columns].reset_index(drop=True)


def _not_read(rows: pd.DataFrame) -> str:
    unread = rows.attrs.get(UNREAD) or []
    return f"Answers that cannot be read: {len(unread):,} ({unread[0]})." if unread else ""


def _several(text: str) -> list[str]:
    """Part secondary answers; a comma within somebody's own words parts nothing.

    Examples
    --------
    >>> _several("Concerned,Other-sad, but hopeful,Confused")
    ['Concerned', 'Other-sad, but hopeful', 'Confused']
    """
    known = label_set("msp-podcast-secondary").labels
    found: list[str] = []
    for part in text.split(","):
        own = found and found[-1].lower().startswith("other-")
        if own and part.strip().lower() not in known and not part.lower().startswith("other-"):
            found[-1] += f",{part}"
        elif part.strip():
            found.append(part.strip())
    return found
