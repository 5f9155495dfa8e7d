"""`competition rules check` says in both languages what a rule book decides, or what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from competition.cli.language import words_in
from competition.cli.rules import rules_command
from competition.cli.rules_words import problem_sentence, sentences
from competition.scoring import METHODS, BadRules, RuleBook
from competition.scoring.rulebook_parts import FALLBACKS, TIE_STEPS
from tests.cli.test_score_words import PROBLEMS

RULES = """
[scoring]
method = "trimmed"
unit = "criterion"
weighting = "percent"
ties = ["criterion:创新", "median", "lot"]
seed = 20261126
[scoring.round]
criterion = 2
weighted = 2
total = 2
display = 2
[scoring.fallback]
no_variance = "refuse"
[scoring.spread]
threshold = 15
action = "further_judge"
[[scoring.lines]]
name = "Final"
percent = 30
minimum = 60
tie = "tie_break"
[[criteria]]
name = "创新"
weight = 60
scale = [0, 100]
step = 0.5
comment = "extremes"
[[criteria]]
name = "Use"
weight = 40
scale = [1, 10]
comment = "always"
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(rules_command, ["check", *(str(item) for item in arguments)])


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    return file


def test_checking_a_rule_book_tells_in_words_what_it_decides(rules: Path) -> None:
    done = run(rules)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "  1. 创新: 60 % of the total, rated from 0 to 100, in steps of 0.5, with a reason at the"
        " ends of the scale."
    )
    assert "  4. Of an entry's judges the highest (1) and the lowest (1) are dropped" in lines[3]
    assert lines[-1] == f"SHA-256 {RuleBook.from_toml(RULES).digest}"


@pytest.mark.parametrize("language", ["zh", "zh_Hans"])
def test_checking_in_chinese_says_the_same_in_chinese(rules: Path, language: str) -> None:
    english, chinese = run(rules).stdout, run(rules, "--language", language).stdout
    assert len(chinese.splitlines()) == len(english.splitlines())
    assert "每件作品去掉 1 个最高分和 1 个最低分" in chinese
    words = re.sub(r"SHA-256 \w+|Final|Use", "", chinese)
    assert not re.search(r"[A-Za-z]{3,}", words)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("method", METHODS)
def test_wording_every_method_fills_in_all_figures(method: str, language: str) -> None:
    texts = list(sentences(RuleBook(method=method), words_in(language)))
    assert len(texts) >= 6
    assert not any("%(" in text for text in texts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wording_every_tie_step_and_fallback_finds_words(language: str) -> None:
    words = words_in(language)
    steps = [step for step in TIE_STEPS if "NAME" not in step]
    for key, choices in FALLBACKS.items():
        for choice in choices:
            document = {
                "scoring": {
                    "method": "mean",
                    "ties": [*steps, "same_rank"],
                    "fallback": {key: choice},
                }
            }
            assert all(text for text in sentences(RuleBook.from_dict(document), words))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_wording_a_problem_names_the_key_and_what_is_allowed(problem: str, language: str) -> None:
    facts = BadRules(
        problem=problem, key="a.b", value=1.5, allowed=["x"], detail="d", method="mean"
    ).facts
    sentence = problem_sentence(facts, words_in(language))
    assert problem == "broken_toml" or ("a.b" in sentence and "x" in sentence)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        (
            "[scoring]\nmethod = 'median'\n",
            "rules.toml: scoring.method = median is unknown. Allowed: mean, trimmed,",
            "rules.toml: scoring.method = median：没有这个取值。可用：mean, trimmed,",
        ),
        (
            "[scoring]\nmethod = mean\n",
            "rules.toml:2:10: The TOML cannot be read.",
            "rules.toml:2:10: 无法读取 TOML：",
        ),
        (
            "[[criteria]]\nname = 3\n",
            "rules.toml: criteria[1].name has the wrong type. Allowed: a text.",
            "rules.toml: criteria[1].name 的类型不对。可用：文本。",
        ),
        (
            "scoring.weighting = 'percent'\n[[criteria]]\nname = 'A'\nweight = 9\nscale = [0, 1]",
            "rules.toml: criteria.weight: the weights sum to 9. Allowed: 100 in all.",
            "rules.toml: criteria.weight：权重合计为 9。可用：合计 100。",
        ),
    ],
)
def test_refusing_a_rule_book_exits_with_2_and_names_the_key(
    tmp_path: Path, text: str, english: str, chinese: str
) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text)
    for language, message in (("en", english), ("zh", chinese)):
        done = run(file, "--language", language)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr.startswith(message), done.stderr


def test_refusing_a_file_that_is_no_text_exits_with_2(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes("名".encode("gb18030"))
    assert (run(file).exit_code, run(file).stderr) == (2, "rules.toml: The file is not UTF-8.\n")
