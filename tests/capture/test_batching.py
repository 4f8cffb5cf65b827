import numpy as np

from sottovoce.capture.batching import Row, make_batches


def test_rows_of_like_length_run_together_the_longest_first():
    lengths = [400, 100, 300, 100, 200]
    rows = [Row(u, p, np.zeros(n), "?") for u, n in enumerate(lengths) for p in range(2)]
    batches = make_batches(rows, 4)
    assert [len(batch) for batch in batches] == [4, 4, 2]
    places = [(row.utterance, row.prompt) for batch in batches for row in batch]
    assert places == [(u, p) for u in (0, 2, 4, 1, 3) for p in range(2)]
    assert make_batches([], 4) == []
