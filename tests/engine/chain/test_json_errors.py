"""The words of Go's decoder for what Python's finds wrong; Python says it in other words since 3.13."""

import json

import pytest

from engine.chain.json_errors import syntax_error


@pytest.mark.parametrize(
    ("text", "what", "position", "reason"),
    [
        (
            '["a",]',
            "Illegal trailing comma before end of array",
            4,
            "invalid character ']' looking for beginning of value",
        ),
        (
            '{"a":1 , }',
            "Illegal trailing comma before end of object",
            7,
            "invalid character '}' looking for beginning of object key string",
        ),
    ],
)
def test_a_trailing_comma_is_told_alike_by_every_python(text, what, position, reason):
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(text)
    assert syntax_error(text, raised.value) == reason
    assert syntax_error(text, json.JSONDecodeError(what, text, position)) == reason
