"""What is stored of a run in a short form."""

from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from mecum.domains.runs.model import CONVERSATION, DataClass


@pytest.mark.parametrize(
    ("stored", "told"), [(CONVERSATION, "conversation"), ("conversation", "conversation"), ("metadata", "metadata")]
)
def test_the_class_of_a_run_is_told_by_its_name(stored: str, told: str) -> None:
    dialect: Any = sqlite.dialect()
    assert DataClass().process_result_value(stored, dialect) == told
    assert DataClass().process_bind_param(told, dialect) in (CONVERSATION, "metadata")
