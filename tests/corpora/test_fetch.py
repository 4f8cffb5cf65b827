"""Downloads, from a repository on this machine whose server misbehaves as asked."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import filelock
import numpy as np
import pytest
import requests

from sottovoce.corpora import fetch, load_corpus
from sottovoce.corpora.download import Checksum, download
from sottovoce.corpora.fetch import LOCK
from sottovoce.corpora.github import Source
from sottovoce.errors import DownloadError, VotesError

COMMIT = "c" * 40
SOUND = np.random.default_rng(0).integers(0, 256, 200_000, dtype=np.uint8).tobytes()
VOTES = b',"A","D","F","H","N","S","fileName"\n100001,0,0,0,3,6,0,"1001_IEO_HAP_LO"\n'
RESPONSES = b'"localid","queryType","clipName","respEmo"\n"p1",1,"1001_IEO_HAP_LO","N"\n'


def git(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def pointer(content):
    digest = hashlib.sha256(content).hexdigest()
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    return text.encode()


class Shelf:
    """A repository: what it holds, what it was asked for, and how it shall misbehave."""

    def __init__(self):
        clips = ["1001_IEO_HAP_LO.wav", "1001_IEO_NEU_XX.wav", "1002_TAI_SAD_XX.wav", "notes.wav"]
        self.large = {f"AudioWAV/{name}": name.encode() + SOUND for name in clips}
        self.small = {
            "LICENSE.txt": b"terms\r\n",
            "VideoDemographics.csv": b"ActorID,Age,Sex\n1001,51,Male\n",
            "processedResults/tabulatedVotes.csv": VOTES,
            "finishedResponses.csv": RESPONSES,
        }
        self.asked = []
        self.drops = {}  # path -> how often the connection is dropped in the middle
        self.status = {}  # path -> statuses to answer before the content
        self.ranges = True
        self.changed = {}  # path -> content that is sent in place of the true one

    def answer(self, path):
        if path == "/commit":
            return json.dumps({"sha": COMMIT, "commit": {"tree": {"sha": "0" * 40}}}).encode()
        if path.startswith("/tree/"):
            return json.dumps({"tree": self.tree(path[6:]), "truncated": False}).encode()
        kind, _, name = path[1:].partition(f"/{COMMIT}/")
        if kind == "raw":
            content = pointer(self.large[name]) if name in self.large else self.small.get(name)
        else:
            content = self.large.get(name)
        return self.changed.get(path, content)

    def tree(self, digest):
        folders = {"1" * 40: "AudioWAV", "2" * 40: "processedResults"}
        stored = self.small | {name: pointer(content) for name, content in self.large.items()}
        if digest in folders:
            inside = {
                name.split("/")[1]: content
                for name, content in stored.items()
                if name.startswith(folders[digest])
            }
            return [
                {"path": name, "type": "blob", "sha": git(content), "size": len(content)}
                for name, content in inside.items()
            ]
        trees = [{"path": name, "type": "tree", "sha": sha} for sha, name in folders.items()]
        return trees + [
            {"path": name, "type": "blob", "sha": git(content), "size": len(content)}
            for name, content in stored.items()
            if "/" not in name
        ]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        shelf = self.server.shelf
        shelf.asked.append((self.path, self.headers.get("Range")))
        content = shelf.answer(self.path)
        status = shelf.status.get(self.path) or [404 if content is None else 200]
        first = status.pop(0)
        if first != 200:
            self.send_response(first)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = 0
        if shelf.ranges and "Range" in self.headers:
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            end = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(content)}")
        else:
            self.send_response(200)
        body = content[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if shelf.drops.get(self.path, 0):
            shelf.drops[self.path] -= 1
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(body)

    def log_message(self, *told):
        pass


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def address(shelf):
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.shelf = shelf
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def source(address):
    addresses = {
        "commit": f"{address}/commit",
        "tree": address + "/tree/{tree}",
        "raw": address + "/raw/{commit}/{path}",
        "media": address + "/media/{commit}/{path}",
    }
    official = Source.of("crema-d")
    return Source("own", "main", official.files, official.raters, "AudioWAV", addresses)


@pytest.fixture
def bring(source, tmp_path):
    def bring(**options):
        options = {"actors": "1001", "progress": False, "pause": 0.0} | options
        return fetch("crema-d", tmp_path / "c", source=source, **options)

    return bring


def media(name):
    return f"/media/{COMMIT}/AudioWAV/{name}"


def test_a_corpus_is_brought_whole_and_only_once(bring, shelf):
    fetched = bring()
    assert len(fetched.new) == 6
    assert fetched.failed == {}
    clip = fetched.root / "AudioWAV/1001_IEO_HAP_LO.wav"
    assert clip.read_bytes() == shelf.large["AudioWAV/1001_IEO_HAP_LO.wav"]
    assert not (fetched.root / "AudioWAV/1002_TAI_SAD_XX.wav").exists()
    corpus = load_corpus("crema-d", fetched.root)
    assert corpus.votes.sel(utterance="1001_IEO_HAP_LO", emotion="neutral") == 6
    assert corpus.ratings.values.tolist() == [["neutral"]]
    shelf.asked.clear()
    again = bring()
    assert (again.new, len(again.present)) == ((), 6)
    assert [path for path, _ in shelf.asked if "wav" in path or "csv" in path] == []
    assert str(again).endswith("c: 0 files downloaded, 6 were there")


def test_a_dropped_connection_is_gone_on_with(bring, shelf):
    path = media("1001_IEO_HAP_LO.wav")
    shelf.drops[path] = 5
    fetched = bring(connections=1)
    assert fetched.failed == {}
    name = "AudioWAV/1001_IEO_HAP_LO.wav"
    assert (fetched.root / name).read_bytes() == shelf.large[name]
    begins = [int(part[6:-1]) if part else 0 for asked, part in shelf.asked if asked == path]
    assert len(begins) == 6
    assert begins == sorted(set(begins))
    assert list(fetched.root.rglob("*.part")) == []


def test_what_a_crash_left_is_gone_on_with(bring, shelf, tmp_path):
    part = tmp_path / "c/AudioWAV/1001_IEO_NEU_XX.wav.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(shelf.large["AudioWAV/1001_IEO_NEU_XX.wav"][:150_000])
    bring()
    assert (media("1001_IEO_NEU_XX.wav"), "bytes=150000-") in shelf.asked
    assert part.with_suffix("").read_bytes() == shelf.large["AudioWAV/1001_IEO_NEU_XX.wav"]


@pytest.mark.parametrize("left", [b"of another version" * 5000, b"x" * 300_000])
def test_what_does_not_fit_is_begun_anew(bring, shelf, tmp_path, left):
    part = tmp_path / "c/AudioWAV/1001_IEO_NEU_XX.wav.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(left)
    assert bring().failed == {}
    assert part.with_suffix("").read_bytes() == shelf.large["AudioWAV/1001_IEO_NEU_XX.wav"]


def test_a_server_that_knows_no_ranges(bring, shelf):
    shelf.ranges = False
    shelf.drops[media("1001_IEO_HAP_LO.wav")] = 1
    assert bring().failed == {}


def test_a_busy_server_is_asked_again(bring, shelf):
    shelf.status[media("1001_IEO_HAP_LO.wav")] = [503, 429, 200]
    shelf.status["/commit"] = [502, 200]
    assert bring().failed == {}


def test_a_file_that_is_not_the_promised_one_is_refused(bring, shelf):
    path = media("1001_IEO_HAP_LO.wav")
    shelf.changed[path] = b"z" * len(shelf.large["AudioWAV/1001_IEO_HAP_LO.wav"])
    fetched = bring()
    assert list(fetched.failed) == ["AudioWAV/1001_IEO_HAP_LO.wav"]
    assert "its checksum is another" in fetched.failed["AudioWAV/1001_IEO_HAP_LO.wav"]
    assert len(fetched.new) == 5
    assert not (fetched.root / "AudioWAV/1001_IEO_HAP_LO.wav").exists()
    del shelf.changed[path]
    assert bring().new == ("AudioWAV/1001_IEO_HAP_LO.wav",)


def test_an_endless_file_is_cut(bring, shelf, tmp_path):
    path = media("1001_IEO_HAP_LO.wav")
    shelf.changed[path] = b"z" * 3_000_000
    assert "its checksum is another" in str(bring().failed)
    assert list((tmp_path / "c").rglob("*HAP_LO*")) == []


@pytest.mark.parametrize("content", [b"version https://git-lfs.github.com/spec/v2\n", b"<html>"])
def test_a_changed_pointer_is_refused(bring, shelf, content):
    shelf.changed[f"/raw/{COMMIT}/AudioWAV/1001_IEO_HAP_LO.wav"] = content
    assert "not the pointer that the repository keeps" in str(bring().failed)


def test_what_is_missing_is_told_and_the_others_come(bring, shelf):
    shelf.status[media("1001_IEO_HAP_LO.wav")] = [404]
    del shelf.small["finishedResponses.csv"]
    fetched = bring()
    assert len(fetched.new) == 4
    assert "the server has no such file (404)" in fetched.failed["AudioWAV/1001_IEO_HAP_LO.wav"]
    assert "the repository has no such file" in fetched.failed["finishedResponses.csv"]
    assert bring(raters=False).failed == {}


def test_a_server_that_gives_nothing_is_given_up(bring, shelf):
    shelf.status[media("1001_IEO_HAP_LO.wav")] = [503] * 50
    fetched = bring()
    assert "the server answers 503, 5 times in a row" in str(fetched.failed)


def test_refusals(bring, shelf, tmp_path, source):
    with pytest.raises(VotesError, match="no recordings of actors 1003; there are 1001-1002"):
        bring(actors="1001-1003")
    with pytest.raises(VotesError, match=r"msp-podcast cannot be downloaded. To get it: ask"):
        fetch("msp-podcast")
    with pytest.raises(
        VotesError, match=r"ravdess cannot be downloaded. Those that can: 'crema-d'"
    ):
        fetch("ravdess")
    shelf.status["/commit"] = [403]
    with pytest.raises(DownloadError, match="it may allow only so many requests an hour"):
        bring()
    lock = filelock.FileLock(tmp_path / "c" / LOCK)
    with lock, pytest.raises(DownloadError, match="another process downloads into this folder"):
        bring()
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="nothing can be written there"):
        fetch("crema-d", tmp_path / "file/c", source=source)


def test_no_network_is_told(tmp_path):
    gone = {"commit": "http://127.0.0.1:9/commit"}
    source = Source("own", "main", (), (), "AudioWAV", gone)
    with pytest.raises(DownloadError, match=r"the connection failed .*Is there a network"):
        fetch("crema-d", tmp_path, source=source, progress=False, pause=0.0)


def test_a_folder_that_cannot_be_written(address, tmp_path):
    (tmp_path / "folder").touch()
    checksum = Checksum(7, git(b"terms\r\n"), "git")
    url = f"{address}/raw/{COMMIT}/LICENSE.txt"
    with requests.Session() as session, pytest.raises(DownloadError, match="cannot be written"):
        download(session, url, tmp_path / "folder/file", checksum, pause=0)


def test_the_pointer_of_a_real_recording_is_read(test_data):
    path = test_data / "crema-d/AudioWAV/1062_WSI_FEA_XX.wav"
    digest = "5ee5a380564ab20e54fc08e48d81bf7fea3e3d677b82a7d54e0c6682a6957a7e"
    assert Checksum(86530, digest).fits_file(path)
