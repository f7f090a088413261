"""Which model is meant by a name, and what is said of one that is not here."""

from dataclasses import replace

from factories.equipment import cloud, local
from mecum.inference.selection.naming import absent, missing

HERE, FAR = local("llama3.1:8b", 4.7, 8), cloud("openai/gpt-5.1")


def test_a_missing_model_is_named_with_the_nearest() -> None:
    found = missing("lama3.1:8b", [HERE, FAR])
    assert found.code == "model.not_found"
    assert found.message == f"There is no model 'lama3.1:8b' here; did you mean '{HERE.ref}'?"
    assert missing("nosuch", [local("search", 1, 1)]).message == "There is no model 'nosuch' here."
    assert missing("zzz", [HERE]).message == "There is no model 'zzz' here."


def test_a_name_that_several_bear_names_them() -> None:
    others = [replace(HERE, ref=f"box{number}/llama3.1:8b", endpoint=f"box{number}") for number in range(7)]
    found = missing("llama3.1:8b", [HERE, *others])
    assert found.code == "model.ambiguous"
    assert found.details == {"models": [f"box{number}/llama3.1:8b" for number in range(5)]}
    assert found.message.startswith("8 models are called 'llama3.1:8b'; say which: box0/llama3.1:8b, ")
    assert found.message.endswith(" and 3 more.")


def test_names_that_nobody_bears_are_told_but_not_where_somebody_may() -> None:
    twin = replace(HERE, ref="box/llama3.1:8b", endpoint="box")
    names = [HERE.ref, "qwen:7b", "away/qwen:7b", "away:qwen:7b", "aways:qwen:7b"]
    assert list(absent(names, [HERE, FAR], ["away"])) == ["qwen:7b", "aways:qwen:7b"]
    assert absent(["llama3.1:8b"], [HERE, twin], ()) == {
        "llama3.1:8b": "2 models are called 'llama3.1:8b'; say which: box/llama3.1:8b, ollama/llama3.1:8b."
    }
