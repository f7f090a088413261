"""What is stored of a run in a short form."""

from typing import Any

import orjson
import pytest
from sqlalchemy.dialects import sqlite

from mecum.domains.runs.model import CONVERSATION, DataClass, Usage, kept_usage


@pytest.mark.parametrize(
    ("stored", "told"), [(CONVERSATION, "conversation"), ("conversation", "conversation"), ("metadata", "metadata")]
)
def test_the_class_of_a_run_is_told_by_its_name(stored: str, told: str) -> None:
    dialect: Any = sqlite.dialect()
    assert DataClass().process_result_value(stored, dialect) == told
    assert DataClass().process_bind_param(told, dialect) in (CONVERSATION, "metadata")


@pytest.mark.parametrize(
    ("said", "stored"),
    [
        ({"prompt_tokens": 39, "completion_tokens": 16, "total_tokens": 55}, "[39,16,55]"),
        ({"prompt_tokens": None, "completion_tokens": 16, "total_tokens": 1.5}, "[null,16,1.5]"),
        ({"completion_tokens": 1, "prompt_tokens": 2, "total_tokens": 3}, None),
        ({"prompt_tokens": 2, "completion_tokens": 1}, None),
        ({"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3, "prompt_tokens_details": {}}, None),
        ({}, None),
    ],
)
def test_what_was_counted_is_told_as_it_was_said(said: dict[str, Any], stored: str | None) -> None:
    dialect: Any = sqlite.dialect()
    kept = kept_usage(said)
    assert kept == (stored or orjson.dumps(said).decode())
    assert Usage().process_bind_param(said, dialect) == kept
    told = Usage().process_result_value(kept, dialect)
    assert told == said
    assert list(told or {}) == list(said)
    assert Usage().process_bind_param(None, dialect) is None
    assert Usage().process_result_value(None, dialect) is None
