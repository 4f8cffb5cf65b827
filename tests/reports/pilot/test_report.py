"""The report as a page: whole, in two languages, and safe."""

import re
import string
from html.parser import HTMLParser

import pytest

from sottovoce.alerts import Assumptions
from sottovoce.corpora import Corpus
from sottovoce.errors import RunError, SottovoceError
from sottovoce.markup import escape
from sottovoce.reports import find, report_page, write_report
from sottovoce.reports.pilot.wording import read_wording

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def found(run, corpus):
    assumed = Assumptions(n_per_month=100, cost_of_miss=50, cost_of_review=2, currency="CHF")
    return find(run, corpus, rule="sad above .4", assumptions=assumed, n_boot=20)


@pytest.fixture(scope="module")
def page(found):
    return report_page(found, question="Shall we buy it?", with_audio=True)


class Checker(HTMLParser):
    """Every tag that is opened is closed, in order."""

    VOID = frozenset({"meta", "img", "br", "hr", "link"})

    def __init__(self):
        super().__init__()
        self.open, self.outside = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href") and not value.startswith(("data:", "#")):
                self.outside.append(value)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_asks_for_nothing(page):
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert checker.outside == []
    assert escape("default-src 'none'") in page


def test_it_tells_the_figures_between_guesses_and_listeners(page, found):
    for predictor in ("model", "uniform", "corpus mean", "half the votes", "perfect knowledge"):
        assert f"{found.js(predictor)[0]:.3f}" in page
    assert "Shall we buy it?" in page
    assert f"{found.agreement['alpha'].item():.2f}" in page
    assert "tom_sad: broken" in page


def test_every_group_has_its_guess_and_its_ceiling(page, found):
    for by, groups in found.groups.items():
        for group in groups["group"].values:
            one = groups["value"].sel(group=group, measure="js").squeeze("prompt")
            assert f"{one.sel(predictor='model').item():.3f}" in page, (by, group)
            assert f"{one.sel(predictor='corpus mean').item():.3f}" in page, (by, group)


def test_the_leading_candidates_are_told_with_the_rounds_that_they_won(page, found):
    every = found.tuning.candidates
    assert f"Of {len(every)} candidates" in page
    for one in every[(every.index < 6) | (every["folds"] > 0)].itertuples():
        assert f"{one.folds} / {found.tuning.attrs['n_folds']}" in page
        assert escape(one.candidate) in page


def test_corrections_stand_beside_the_read_out_as_it_is(page, found):
    assert "prior divided out" in page
    assert set(found.corrected.differences) == {"batch_mean", "calibrated"}
    for one in found.corrected.differences.values():
        assert f"{one['difference'].item():+.3f}" in page
    assert "How many labelled recordings" in page
    assert found.corrected.curve["size"].values.max() >= 10


def test_pictures_are_told_in_words_too(page):
    assert page.count("<img") == 5 + 2  # trajectories of three, and four more
    assert page.count("alt=") == page.count("<img")
    for start in ("Saving of the alert", "Learning curve of a calibration"):
        assert start in page


def test_the_assumptions_and_the_law_are_told(page, found):
    assert "cost of a case that nobody noticed" in page
    assert "CHF" in page
    assert found.alerts.attrs["rule"] in page
    assert "Article 5(1)(f)" in page
    assert "placeholders" not in page


def test_costs_that_nobody_gave_are_called_placeholders(run, corpus):
    found = find(run, corpus, readout="answer_step", prompt="one_word", n_boot=20)
    page = report_page(found)
    assert "placeholders" in page
    assert "are expected to save" not in page


def test_voices_are_part_of_the_file_only_on_request(page, found):
    assert page.count("<audio") == len(found.tellings)
    silent = report_page(found)
    assert "<audio" not in silent
    assert "not part of this file" in silent


def test_both_languages_say_the_same():
    english, japanese = read_wording("en"), read_wording("ja")
    assert list(english) == list(japanese)

    def places(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for name, text in english.items():
        assert places(text) == places(japanese[name]), name


def test_the_japanese_page_has_no_english_sentence_but_the_notes(found, corpus):
    page = report_page(found, language="ja").replace(escape(corpus.note), "")
    assert '<html lang="ja">' in page
    body = re.sub(
        r"<(style|dl|figure).*?</\1>|<(p|ul) class=\"[^\"]*notes\">.*?</\2>", "", page, flags=re.S
    )
    text = re.sub(r"<[^>]*>", "\n", body)
    sentences = re.findall(r"(?:\b[A-Za-z']+ ){4,}", text)
    assert sentences == []


def test_nothing_that_a_table_or_a_model_says_is_markup(run, corpus):
    renamed = {name: f"{HOSTILE} {name}" for name in corpus.utterances.index}
    table = corpus.utterances.rename(index=renamed).assign(speaker=HOSTILE)
    names = [renamed[name] for name in corpus.votes["utterance"].values]
    votes = corpus.votes.assign_coords(utterance=names)
    hostile = Corpus(HOSTILE, table, votes, note=HOSTILE, licence=HOSTILE)
    said = run.copy()
    said["answer"] = said["answer"] + HOSTILE
    said = said.assign_coords(utterance=[renamed[name] for name in run["utterance"].values])
    found = find(said, hostile, readout="answer_step", prompt="one_word", n_boot=0)
    page = report_page(found, title=HOSTILE, question=HOSTILE)
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") > 5


def test_what_cannot_be_written_is_told(found, tmp_path):
    written = write_report(found, tmp_path / "deep" / "report.html")
    assert written.read_text(encoding="utf-8").startswith("<!doctype html>")
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="could not be written"):
        write_report(found, tmp_path / "file" / "report.html")
    with pytest.raises(SottovoceError, match="language='fr'"):
        report_page(found, language="fr")
