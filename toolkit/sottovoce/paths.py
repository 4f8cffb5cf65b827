"""Where the files that travel with the package lie."""

from __future__ import annotations

from pathlib import Path

from sottovoce.errors import SottovoceError


def data_folder() -> Path:
    """Return the folder of the bundled model and the sample recordings.

    Inside an installed wheel it lies within the package; in a checkout it is ``data/`` beside
    ``toolkit/``.

    Raises
    ------
    SottovoceError
        If neither is there, which means that the installation is incomplete.

    Examples
    --------
    >>> (data_folder() / "samples" / "votes.csv").is_file()
    True
    """
    package = Path(__file__).resolve().parent
    candidates = (package / "data", package.parent.parent / "data")
    for folder in candidates:
        if (folder / "model").is_dir() or (folder / "samples").is_dir():
            return folder
    raise SottovoceError(
        "The bundled data was not found; looked in "
        + " and ".join(str(folder) for folder in candidates)
        + ". Reinstall the package: pip install --force-reinstall sottovoce"
    )
