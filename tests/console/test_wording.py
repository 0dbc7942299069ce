"""Every rule and every error has its sentence in both languages, and the templates fit."""

from __future__ import annotations

import ast
import inspect
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.client import error_of
from console.door import error_data
from console.wording import ERRORS, RULES, SEVERITIES, TERMS, Language, error_message, finding_message
from console.wording_causes import cause_words
from console.wording_details import LISTED
from dossier import errors
from dossier.archive import DossierState
from dossier.errors import PinRefused, SignerUnavailable, SohoaError, SourceEncrypted
from dossier.finding import Rule, Severity
from dossier.identity import IdentityVerdict
from models.mrz import zone_checks
from validators.number_structure import contradictions, structure_faults

ROOT = Path(__file__).parents[2]
PARTS = {"subject": "ct07", "detail": "D", "basis": "B", "severity": "warning", "outcome": "fail"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_a_sentence(rule: Rule, language: str) -> None:
    sentence = RULES[rule][language]  # type: ignore[index]
    used = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    assert used <= {*PARTS, "title"}
    assert len(finding_message({"rule": rule, **PARTS}, language)) > 10  # type: ignore[arg-type]


def test_a_residence_paper_is_named_and_given_back_unless_the_look_up_failed() -> None:
    refused = finding_message({"rule": Rule.RESIDENCE_PAPER, **PARTS}, "vi")
    assert refused.startswith("XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ")
    assert "Trả lại" in refused
    accepted = finding_message({"rule": Rule.RESIDENCE_PAPER, **PARTS, "severity": "info"}, "vi")
    assert "Trả lại" not in accepted


def test_why_a_file_was_refused_is_said_in_words_and_in_one_language() -> None:
    refused = {**PARTS, "rule": Rule.FILE_NOT_TAKEN, "subject": "ban-do.tif"}
    refused["detail"] = "SourceTooMany: more than 100"
    assert "Quá số tệp" in finding_message(refused, "vi")
    assert "more than" not in finding_message(refused, "vi")
    assert "(more than 100)" in finding_message(refused, "en")


def test_details_of_people_are_said_in_the_readers_language() -> None:
    conflict = {"rule": Rule.NUMBER_CONFLICT, **PARTS, "detail": "digits 9, 10"}
    assert "chữ số thứ 9, 10" in finding_message(conflict, "vi")
    assert "digits 9, 10" in finding_message(conflict, "en")
    not_asked = {"rule": Rule.REGISTER_NOT_CHECKED, **PARTS, "detail": "not asked"}
    assert "chưa hỏi" in finding_message(not_asked, "vi")


def test_what_the_register_said_is_told_in_the_readers_language() -> None:
    def told(rule: Rule, detail: str, language: Language, severity: str = "warning") -> str:
        return finding_message({"rule": rule, **PARTS, "detail": detail, "severity": severity}, language)

    differs = told(Rule.REGISTER_DIFFERS, "date_of_birth, residence", "vi")
    assert differs.endswith("ngày sinh, nơi cư trú")
    assert told(Rule.REGISTER_DIFFERS, "date_of_birth", "en").endswith("date of birth")
    for cause, words in (
        ("it answered with status 503 (3 attempts)", "không trả lời"),
        ("it refused our credentials with status 401", "báo quản trị viên"),
        ("the reply is not XML", "không dùng được"),
        ("no residence register is set up on this machine", "chưa kết nối"),
    ):
        unchecked = told(Rule.REGISTER_NOT_CHECKED, cause, "vi")
        assert words in unchecked
        assert cause not in unchecked
        assert cause in told(Rule.REGISTER_NOT_CHECKED, cause, "en")
    tried = "2026-11-19T08:30:00+07:00 it did not answer lately; 2026-11-19T08:31:00+07:00"
    accepted = told(Rule.RESIDENCE_PAPER, tried, "vi", "info")
    assert "19/11/2026 08:30 cơ sở dữ liệu dân cư không trả lời; 19/11/2026 08:31)" in accepted


def test_what_a_list_of_data_can_name_has_words() -> None:
    card, passport = zone_checks([*["I" * 30] * 3]), zone_checks([*["P" * 44] * 2])
    assert {*card, *passport, *zone_checks(["i" * 30] * 3), "length", "sex"} == LISTED[
        Rule.ZONE_DOUBTFUL
    ].keys()
    faults = {*structure_faults("999190005678", None), *contradictions("001190005678", 1990, "Nam")}
    faults |= {*contradictions("001190005678", 1991, "Nữ")}
    assert faults == LISTED[Rule.NUMBER_STRUCTURE].keys()
    told = finding_message({"rule": Rule.ZONE_DOUBTFUL, **PARTS, "detail": "birth, composite"}, "vi")
    assert "ngày sinh, số kiểm tra chung" in told


def test_a_refused_pin_is_told_wherever_it_comes_from() -> None:
    refused = PinRefused("MẪU", "the PIN is wrong; one try is left before the token locks itself")
    told = error_message(refused, "vi")
    assert "sai mã PIN" in told
    assert "chỉ còn một lần thử" in told
    crossed = error_of(error_data(refused))
    assert (type(crossed), str(crossed)) == (PinRefused, str(refused))
    assert issubclass(PinRefused, SignerUnavailable)


FROM_NO_SCREEN = re.compile(
    r"is no (case|place)|has other pages|are others|is not (there|a number|a later page|in that paper)"
    r"|is turned by|no such change|no paper has|there is no version"
)
"""Causes that only a page of an earlier version, or no screen at all, brings about."""


def test_what_a_clerk_can_do_wrong_is_told_in_vietnamese() -> None:
    root = Path(__file__).parents[2]
    rooms = [*(root / "flows").glob("*.py"), *(root / "console/web").glob("*.py")]
    sources = "".join(path.read_text("utf-8") for path in rooms)
    causes = re.findall(r'CorrectionRefused\([^"]*?(?:f?"[^"]*")?[^",]*,\s*f?"([^"]+)"', sources)
    assert len(causes) > 20
    untold = [c for c in causes if not cause_words(re.sub(r"\{[^}]*\}", "5", c), "vi")]
    assert [c for c in untold if not FROM_NO_SCREEN.search(c)] == []


def test_what_a_clerk_can_do_wrong_with_a_batch_is_told_in_vietnamese() -> None:
    root = Path(__file__).parents[2]
    sources = "".join(
        (root / name).read_text("utf-8") for name in ("flows/arrivals.py", "pipeline/batch_edit.py")
    )
    edit = (root / "flows/scanning.py").read_text("utf-8").partition("def edit(")[2].partition("def due(")[0]
    causes = re.findall(
        r'BatchEditRefused\((?:"[^"]*"|[^"]*?(?:"[^"]*")?[^",]*),\s*"([^"]+)"', sources + edit
    )
    assert len(causes) > 6
    assert [cause for cause in causes if not cause_words(cause, "vi")] == []


def test_every_error_has_a_sentence_and_no_two_share_an_exit_code() -> None:
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, SohoaError)]
    assert {c.__name__ for c in classes} == set(ERRORS)
    assert len({c.exit_code for c in classes}) == len(classes)
    for one in classes:
        assert one.__name__ in (errors.__doc__ or "")
        assert all(ERRORS[one.__name__].values())


def test_words_of_verdicts_exist() -> None:
    for name in [*DossierState, *IdentityVerdict]:
        assert set(TERMS[name]) == {"vi", "en"}
    assert set(SEVERITIES) == set(Severity)


def test_error_message_names_file_cause_and_remedy() -> None:
    line = error_message(SourceEncrypted("a.pdf", "asks for a password"), "vi")
    assert line.startswith("a.pdf: ")
    assert "mật khẩu" in line
    assert "\n" not in line


UNSEEN = re.compile(
    r"damaged: .*|cannot be (read|so)(: .*)?|unexpected|is gone|is of another form.*|\S*: \S*|"
    r"is not the (name of a file of this machine|last one of the backup)|its (report|package) .*"
    r"|the manifest says .*|(tells|takes|counts) no .*|they are being ended|ended 5 times.*"
    r"|its process ended twice.*|(there is a work pool|did not take|this process is|the run belongs).*"
    r"|5 is none of .*|not ready: .*|have to be set|the provider (gave no|calls itself) .*"
    r"|is not what a provider answers|stopped: it asked for .*|is not deployed.*|"
)
"""Causes that stay English: faults of files, of other systems and of this product, for who reads its log."""


def _causes(*rooms: str) -> Iterator[tuple[str, str]]:
    """Every cause that stands in these rooms as words, with the file that has it."""
    for path in (path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))):
        if re.search("bench|chaos|trial|simul", path.name):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) < 2:
                continue
            if node.func.id != "Refusal" and node.func.id not in ERRORS:
                continue
            cause = node.args[1]
            if isinstance(cause, ast.Constant) and isinstance(cause.value, str):
                yield path.name, cause.value
            elif isinstance(cause, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "5" for p in cause.values)
                yield path.name, "".join(str(each) for each in parts)


def test_what_people_meet_at_the_command_line_is_told_in_vietnamese() -> None:
    found = list(_causes("console", "flows"))
    assert len(found) > 150
    untold = [(file, cause) for file, cause in found if not cause_words(cause, "vi")]
    assert [
        each for each in untold if not UNSEEN.fullmatch(each[1]) and not FROM_NO_SCREEN.search(each[1])
    ] == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.InputRefused("05/11/2026", "is not a date YYYY-MM-DD"), "ví dụ 2026-11-05"),
        (errors.CaseUnknown("1.001193 --case abc", "its cases: a, b"), "các trường hợp: a, b"),
        (
            errors.AlreadyRunning("/x", "another resident process uses this folder"),
            "Dịch vụ thường trú đang chạy",
        ),
        (errors.BackupNotFound("nope", "is not the name of a backup"), "bản sao lưu"),
        (
            errors.SohoaError("L-1", "3 drawn pages have no verdict yet: 1, 2, 5"),
            "còn 3 trang chưa có kết luận: 1, 2, 5",
        ),
    ],
)
def test_sentence_and_cause_fit_what_happened(error: SohoaError, told: str) -> None:
    line = error_message(error, "vi")
    assert told in line
    assert error.cause not in line
    assert error.cause in error_message(error, "en")


def test_settings_that_are_refused_together_keep_their_own_causes() -> None:
    refused = errors.SettingRefused(
        "SOHOA_CATALOGUE",
        "names a folder that is not there or cannot be read; SOHOA_STATE: is not there and cannot be made",
    )
    line = error_message(refused, "vi")
    assert "(thư mục được nêu không có hoặc không đọc được; SOHOA_STATE: không có và không tạo được)" in line
