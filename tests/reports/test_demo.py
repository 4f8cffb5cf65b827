import html.parser
import re

import pytest
from made_up import make_run

from sottovoce.dataset import open_run
from sottovoce.errors import RunError
from sottovoce.reports import assess, write_demo

HOSTILE = '<img src=x onerror="alert(1)">'
MOST_BYTES = 8_000_000


@pytest.fixture(scope="module")
def written(run, corpus, assessment, tmp_path_factory):
    return write_demo(run, corpus, assessment, tmp_path_factory.mktemp("demo") / "deep" / "out")


@pytest.fixture(scope="module")
def page(written):
    return written[0].read_text(encoding="utf-8")


class Elements(html.parser.HTMLParser):
    """Collects every element with its attributes, and checks that they are closed in order."""

    VOID = ("meta", "img", "br", "hr", "link")

    def __init__(self, page):
        super().__init__()
        self.open, self.found, self.text = [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_run_the_pictures_and_the_page_are_written(written, run):
    names = [path.name for path in written]
    assert names == [
        "index.html",
        "trajectory.png",
        "distributions_divided.png",
        "distributions_close.png",
        "distributions_far.png",
        "run.zarr",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written[1:5])
    assert open_run(written[-1]).sizes == run.sizes


def test_the_page_is_one_file_that_fetches_nothing(page):
    assert len(page.encode()) < MOST_BYTES
    elements = Elements(page)
    assert elements.open == []
    links = [
        value
        for _, attrs in elements.found
        for name, value in attrs.items()
        if name in ("src", "href", "srcset", "action", "data")
    ]
    assert all(value.startswith(("data:", "#")) for value in links)
    assert not {"script", "iframe", "link", "object"} & {name for name, _ in elements.found}
    assert "url(" not in page
    assert "@import" not in page
    policy = next(a["content"] for n, a in elements.found if n == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")


def test_every_picture_and_player_and_bar_has_words(page):
    elements = Elements(page).found
    assert all(attrs["alt"] for name, attrs in elements if name == "img")
    assert all(attrs["aria-label"] for name, attrs in elements if name == "audio")
    assert all(attrs["aria-label"] for _, attrs in elements if attrs.get("role") == "img")


def test_every_recording_can_be_heard(page, corpus):
    labels = [attrs["aria-label"] for name, attrs in Elements(page).found if name == "audio"]
    assert {f"Recording {name}" for name in corpus.utterances.index} == set(labels)


def test_the_page_says_what_a_reader_must_know(page):
    text = re.sub(r"\s+", " ", "".join(Elements(page).text))
    for told in (
        "Synthetic voices and synthetic votes",
        "bans inferring people's emotions at work and in education",
        "agree little",
        "uniform",
        "corpus mean",
        "is left out",
        "sottovoce analyse my_recordings/",
        "tom_sad: broken",
    ):
        assert told in text, told


def test_both_light_and_dark_are_drawn(page):
    assert page.count("prefers-color-scheme: dark") + page.count("prefers-color-scheme:dark") == 2


def test_names_and_answers_from_outside_stay_text(corpus, tmp_path):
    names = {name: name for name in corpus.utterances.index}
    names["anna_angry"] = HOSTILE
    table = corpus.utterances.rename(index=names).assign(sentence=HOSTILE, series=HOSTILE)
    table.loc[HOSTILE, "path"] = f"/nowhere/{HOSTILE}.flac"
    hostile = type(corpus)(
        name=HOSTILE,
        utterances=table,
        votes=corpus.votes.assign_coords(utterance=table.index.tolist()),
        note=HOSTILE,
    )
    run = make_run(hostile, failed=["tom_sad"])
    run["answer"][:] = HOSTILE
    run["message"][:] = HOSTILE
    run["notes"][:] = HOSTILE
    run["prompt_text"][:] = HOSTILE
    run = run.assign_coords(prompt=[HOSTILE, "b", "c"])
    run.attrs["model_id"] = HOSTILE
    assessment = assess(run, hostile, ["answer_step", "mean_prob"], n_boot=10)
    page = write_demo(run, hostile, assessment, tmp_path)[0].read_text(encoding="utf-8")
    elements = Elements(page)
    assert elements.open == []
    assert not any("onerror" in attrs for _, attrs in elements.found)
    assert HOSTILE in "".join(elements.text)
    assert HOSTILE not in page


def test_a_second_demo_replaces_the_first(written, run, corpus, assessment):
    again = write_demo(run, corpus, assessment, written[0].parent)
    assert again == written


def test_a_folder_that_cannot_be_written_is_told(run, corpus, assessment, tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError, match="the demo could not be written"):
        write_demo(run, corpus, assessment, tmp_path / "file" / "out")
