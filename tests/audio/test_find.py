from pathlib import Path

import pytest

from sottovoce.audio import find_recordings
from sottovoce.errors import RecordingError


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.WAV",
        "a.flac",
        "phone.amr",
        "._a.flac",
        ".hidden.wav",
        "votes.csv",
        "inner/c.opus",
        ".cache/d.wav",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def names(paths, root):
    return [path.relative_to(root).as_posix() for path in paths]


def test_folders_are_expanded_and_sorted(folder):
    assert names(find_recordings(folder), folder) == [
        "a.flac",
        "b.WAV",
        "inner/c.opus",
        "phone.amr",
    ]
    flat = find_recordings(str(folder), recursive=False)
    assert names(flat, folder) == ["a.flac", "b.WAV", "phone.amr"]


def test_files_stay_as_given_and_appear_once(folder):
    given = [folder / "votes.csv", folder / "missing.wav", folder / "b.WAV", folder]
    found = names(find_recordings(given), folder)
    assert found == ["votes.csv", "missing.wav", "b.WAV", "a.flac", "inner/c.opus", "phone.amr"]


def test_a_generator_of_paths_will_do(folder):
    assert find_recordings(path for path in [folder / "a.flac"]) == [folder / "a.flac"]
    assert all(isinstance(path, Path) for path in find_recordings(str(folder / "a.flac")))


def test_a_folder_without_recordings_says_what_it_holds(tmp_path):
    with pytest.raises(RecordingError, match="it holds no files"):
        find_recordings(tmp_path)
    for name in ("a.txt", "b.txt", "c"):
        (tmp_path / name).touch()
    with pytest.raises(RecordingError, match=r"it holds 2 x \.txt, 1 x no suffix"):
        find_recordings(tmp_path)


def test_no_paths_are_refused():
    with pytest.raises(RecordingError, match="no recordings were given"):
        find_recordings([])
