from sottovoce.prompts import list_prompts


def test_the_library_is_listed(call):
    lines = call("prompts").stdout.splitlines()
    assert lines[0].split() == ["name", "language", "answer", "question"]
    assert [line.split()[0] for line in lines[1:]] == [prompt.name for prompt in list_prompts()]


def test_some_of_it(numbers):
    result, content = numbers("prompts", "--language", "ja", "--format", "word")
    assert result.exit_code == 0
    names = [prompt.name for prompt in list_prompts("ja", "word")]
    assert [entry["name"] for entry in content["prompts"]] == names
    assert content["prompts"][0]["text"] == list_prompts("ja", "word")[0].text


def test_an_unknown_form_is_told(call):
    result = call("prompts", "--format", "poem")
    assert result.exit_code == 3
    assert "format='poem' must be one of 'percentages', " in result.stderr
