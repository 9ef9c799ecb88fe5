"""Which model, where: options before the environment before defaults, checked at once."""

from __future__ import annotations

import pytest

from ftassist.agent.backends.anthropic.prices import Tokens, price_table, read_prices
from ftassist.agent.backends.anthropic.settings import DEFAULTS, AgentSettings
from ftassist.errors import DataError


def test_without_a_word_each_role_has_its_default() -> None:
    settings = AgentSettings.resolve({}, {})
    assert {role: settings.model(role) for role in DEFAULTS} == dict(DEFAULTS)


def test_the_environment_names_one_model_for_all_roles_and_another_for_one() -> None:
    outer = {"FTASSIST_MODEL": "a", "FTASSIST_MODEL_CHEAP": "b"}
    settings = AgentSettings.resolve({}, outer)
    assert (settings.researcher, settings.executor, settings.cheap) == ("a", "a", "b")


def test_options_come_before_the_environment() -> None:
    outer = {"FTASSIST_MODEL": "a", "ANTHROPIC_BASE_URL": "http://one"}
    settings = AgentSettings.resolve({"model": "c", "base_url": "http://two"}, outer)
    assert (settings.researcher, settings.base_url) == ("c", "http://two")


def test_settings_survive_the_journal() -> None:
    settings = AgentSettings(thinking="adaptive", base_url="http://127.0.0.1:1")
    assert AgentSettings.of(settings.to_dict()) == settings


@pytest.mark.parametrize(
    "values",
    [
        {"base_url": "ftp://x"},
        {"base_url": "http://me:secret@host"},
        {"thinking": "a lot"},
        {"thinking": "100"},
        {"researcher": " "},
        {"timeout": 0},
    ],
)
def test_an_impossible_setting_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(DataError):
        AgentSettings(**values)  # type: ignore[arg-type]


def test_every_default_model_has_a_dated_price() -> None:
    table = price_table()
    assert table.as_of.startswith("2026")
    for model in DEFAULTS.values():
        assert table.price(model).output > table.price(model).input > 0


def test_a_long_prompt_has_the_dearer_price_where_the_model_has_one() -> None:
    price = price_table().price("claude-haiku-5-5")
    assert price.of(Tokens(input=100_000)) == pytest.approx(0.01)
    assert price.of(Tokens(input=200_000)) == pytest.approx(0.1)


def test_a_dated_model_name_has_the_price_of_its_family() -> None:
    table = price_table()
    assert table.price("claude-haiku-4-5-20251001") == table.price("claude-haiku-4-5")


def test_a_broken_price_table_says_where(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("prices") / "own.yaml"
    path.write_text("models: {a: {input: free}}")
    with pytest.raises(DataError, match="not a price table") as caught:
        read_prices(path)
    assert str(path) in caught.value.where
