import pandas as pd
import pytest

from sottovoce.corpora.files import read_table
from sottovoce.errors import MissingExtraError, VotesError


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_any_separator_and_encoding(write, separator, encoding, newline):
    rows = (("utterance", "怒り", "sad"), ("001", "3", "1"))
    text = newline.join(separator.join(row) for row in rows) + newline
    table = read_table(write(text, encoding=encoding))
    assert list(table.columns) == ["utterance", "怒り", "sad"]
    assert table.loc[2].tolist() == ["001", "3", "1"]


def test_rows_are_numbered_as_in_the_file(write):
    table = read_table(write("utterance,sad\na,1\n\n , \nb,2\n"))
    assert table.index.tolist() == [2, 5]


def test_quotes_keep_separators_and_short_rows_are_filled(write):
    table = read_table(write('utterance,sentence,sad\na,"Well, no.",1\nb\n'))
    assert table.to_numpy().tolist() == [["a", "Well, no.", "1"], ["b", "", ""]]


def test_a_saved_index_and_a_trailing_separator_do_no_harm(write):
    table = read_table(write(",utterance,sad,\n0,a,1,\n"))
    assert table.columns.tolist() == ["", "utterance", "sad"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the table is empty"),
        (b"utterance,sad\n", "the table is empty"),
        (b"utterance,sad\na,1,5\n", "row 2: 3 cells, but 2 columns"),
        (b"utterance,sad,sad\na,1,5\n", "more than one column is called 'sad'"),
        ("utterance,怒り\na,1\n".encode("cp932"), "not text in UTF-8"),
        (b"u\0t\0t\0e\0r\0,\0s\0a\0d\0", "this is no text, or text in another encoding"),
        (b"utterance;angry;sad\na,1,2\nb;1;2\n", "row 2: cells are separated by ','"),
        (b"PK\x03\x04rest of a workbook", "spreadsheet. Save it as CSV"),
    ],
)
def test_what_is_no_table_is_refused(write, content, says):
    path = write(content)
    with pytest.raises(VotesError, match=says) as caught:
        read_table(path)
    assert str(caught.value).startswith(str(path))


def test_an_encoding_can_be_named(write):
    path = write("utterance,怒り\n声,3\n", encoding="cp932")
    assert read_table(path, encoding="cp932").loc[2].tolist() == ["声", "3"]
    with pytest.raises(VotesError, match="encoding='cp-932' is no encoding"):
        read_table(path, encoding="cp-932")
    with pytest.raises(VotesError, match="this is not text in ascii"):
        read_table(path, encoding="ascii")


@pytest.mark.parametrize("told", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_a_spreadsheet_tells_its_separator(write, told):
    table = read_table(write(f"{told}utterance;a, b; c, d\nx;1;2\n"))
    assert table.columns.tolist() == ["utterance", "a, b", "c, d"]
    assert table.index.tolist() == [3]


def test_missing_files_and_folders_are_refused(tmp_path):
    with pytest.raises(VotesError, match="there is no such file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(VotesError, match="cannot be read"):
        read_table(tmp_path)


def test_parquet_without_pyarrow_names_the_extra(write, monkeypatch):
    def lacks(path):
        raise ImportError("no engine")

    monkeypatch.setattr(pd, "read_parquet", lacks)
    with pytest.raises(MissingExtraError, match=r'pip install "sottovoce\[parquet\]"'):
        read_table(write(b"PAR1...PAR1", "votes.parquet"))


def test_parquet_is_read_with_its_index(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "votes.parquet"
    pd.DataFrame({"sad": [1, 2]}, index=pd.Index(["a", "b"], name="utterance")).to_parquet(path)
    table = read_table(path)
    assert table.columns.tolist() == ["utterance", "sad"]
    assert table.index.tolist() == [2, 3]


def test_damaged_parquet_is_refused(write):
    pytest.importorskip("pyarrow")
    with pytest.raises(VotesError, match="damaged"):
        read_table(write(b"PAR1 and nothing more", "votes.parquet"))
