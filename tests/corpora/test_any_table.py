"""Whatever is in a table: it comes back as it was, or is refused in words."""

import csv
import io

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sottovoce.corpora import load_ratings, load_votes
from sottovoce.corpora.cells import guard_cell
from sottovoce.errors import VotesError
from sottovoce.evaluation import krippendorff_alpha

SEPARATORS = st.sampled_from([",", ";", "\t", "|"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])
NEWLINES = st.sampled_from(["\n", "\r\n"])
# Everything that a file may be called: line breaks, emoji, marks of direction, formulas.
NAMES = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
    | st.sampled_from(
        ["=SUM(A1)", "'-1", "a\nb", "👩‍🎤", "\u200fالف", "é", "e\u0301", '"', "@x;y|z,"]
    )
).filter(lambda name: name.strip() == name)
few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def table(rows, separator, newline, encoding):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


@few
@given(
    counts=st.dictionaries(
        NAMES, st.tuples(*[st.integers(0, 99)] * 3).filter(any), min_size=1, max_size=6
    ),
    separator=SEPARATORS,
    newline=NEWLINES,
    encoding=ENCODINGS,
)
def test_counts_come_back(write, counts, separator, newline, encoding):
    rows = [["utterance", "angry", "sad", "怒ってはいない"]]
    rows += [[guard_cell(name), *map(str, votes)] for name, votes in counts.items()]
    votes = load_votes(write(table(rows, separator, newline, encoding)))
    assert votes["utterance"].values.tolist() == list(counts)
    np.testing.assert_array_equal(votes.values, list(counts.values()))


@few
@given(
    heard=st.sets(
        st.tuples(NAMES, st.sampled_from(["eve", "tom", "李"]), st.sampled_from(["angry", "sad"])),
        min_size=1,
        max_size=12,
    ),
    separator=SEPARATORS,
)
def test_ratings_and_counts_of_one_table_agree(write, heard, separator):
    rows = [["utterance", "rater", "emotion"]]
    rows += [[guard_cell(name), rater, emotion] for name, rater, emotion in sorted(heard)]
    path = write(table(rows, separator, "\n", "utf-8"))
    votes, ratings = load_votes(path), load_ratings(path)
    assert votes.sum() == len(heard)
    assert ratings["utterance"].values.tolist() == votes["utterance"].values.tolist()
    said = sum(len(cell.split(" + ")) for cell in ratings.values.ravel() if cell)
    assert said == len(heard)
    if (ratings.values != "").sum(axis=1).max() > 1:
        assert krippendorff_alpha(ratings, n_boot=0)["n_ratings"] >= 2


@few
@given(
    content=st.binary(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                *("utterance", "angry", "sad", "rater", "emotion", "a", "1", "-1", "0.5", "nan"),
                *(",", ";", "\t", "|", "\n", '"', "=", "\ufeff", " ", "é", "sep=;\n", "1e9"),
            ]
        ),
        max_size=40,
    ).map(lambda parts: "".join(parts).encode())
)
def test_what_is_no_table_is_refused_in_words(write, content):
    path = write(content)
    problem = ""
    try:
        votes = load_votes(path)
    except VotesError as error:
        problem = str(error)
    if problem:
        assert problem.startswith(str(path))
    else:
        assert votes.dims == ("utterance", "emotion")
        assert (votes.values >= 0).all()
        assert votes.sum() > 0


@pytest.mark.parametrize(
    "votes", ["NA", "n/a", "-", "3,5", "1e7", "inf", "-0.5", "two", "3 4", "０x1"]
)
def test_what_is_no_number_of_votes_is_refused_by_row_and_column(write, votes):
    path = write(f"utterance;angry;sad\na;1;2\nb;1;{votes}\nc;3;4\n")
    with pytest.raises(VotesError, match=r"row 3 \(b\), column 'sad': .* is not a number of votes"):
        load_votes(path)


def test_fractional_votes_are_weights_and_told(write):
    votes = load_votes(write("utterance,angry,sad\na,0.5,1.5\nb,1,2\n"))
    assert votes.attrs["n_fractional"] == 1
    with pytest.raises(VotesError, match="no whole numbers"):
        krippendorff_alpha(votes)
