"""How the command line tells what it takes and what was typed wrongly, in the reader's language.

The library has its words in English alone. What it lets a command say itself is said here: the usage line,
the titles of a help page, the line of `--help`, and each error of usage, which is caught and printed by us.
"""

from __future__ import annotations

import itertools
import re
import sys
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from console.wording_language import Language

USAGE_ERROR: Final = 2
_TITLES: Final = {"argument": "Tham số", "option": "Tùy chọn", "command": "Lệnh"}
_SAID: Final = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"No such command '(.*?)'\. Did you mean (.*)\?", r"Không có lệnh '\1'. Có phải là \2?"),
        (r"No such command '(.*?)'\.", r"Không có lệnh '\1'."),
        (
            r"No such option: (\S+?)\.? (?:Did you mean|\(Possible options:) (.*?)[?)]",
            r"Không có tùy chọn \1. Có phải là \2?",
        ),
        (r"No such option: (\S+?)\.?", r"Không có tùy chọn \1."),
        (r"Missing argument '?(.*?)'?\.(.*)", r"Thiếu tham số \1."),
        (r"Missing option '?(.*?)'?\.(.*)", r"Thiếu tùy chọn \1."),
        (r"Missing command\.", "Thiếu lệnh."),
        (r"Option '?(.*?)'? requires an argument\.", r"Tùy chọn \1 cần một giá trị."),
        (r"Option '?(.*?)'? does not take a value\.", r"Tùy chọn \1 không có giá trị."),
        (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"Thừa tham số: \1"),
        (r"Invalid value for (.*?): (.*)", r"Giá trị của \1 không dùng được: \2"),
        (r"Invalid value: (.*)", r"Giá trị không dùng được: \1"),
    )
)
_WHY: Final = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"(.*?)('.*?') is not one of (.*?)\.?", r"\1\2 không thuộc \3"),
        (r"(.*?)('.*?') is not a valid (?:integer|int)(?: range)?\.?", r"\1\2 không phải là số nguyên"),
        (r"(.*?)('.*?') is not a valid float(?: range)?\.?", r"\1\2 không phải là số"),
        (r"(.*: )is not one of (.*)", r"\1chỉ nhận \2"),
        (r"(.*: )Input should be a valid integer.*", r"\1phải là số nguyên"),
        (r"(.*: )Input should be a valid number.*", r"\1phải là số"),
        (r"(.*: )Input should be greater than or equal to (\S+)", r"\1phải từ \2 trở lên"),
        (r"(.*: )Input should be less than or equal to (\S+)", r"\1phải không quá \2"),
        (r"(.*?)(\S+) is not in the range (.*?)\.?", r"\1\2 ngoài khoảng \3"),
    )
)


def language_of_arguments(arguments: list[str]) -> Language | None:
    """The language that somebody asked for, wherever `--lang` stands; None where nobody did."""
    asked = [b for a, b in itertools.pairwise(arguments) if a == "--lang"]
    asked += [each.removeprefix("--lang=") for each in arguments if each.startswith("--lang=")]
    found = next((each for each in asked if each in ("vi", "en")), None)
    return "en" if found == "en" else "vi" if found == "vi" else None


def usage_words(said: str, language: Language) -> str:
    """What was typed wrongly; what has no words stays as the library says it."""
    if language == "en":
        return said
    for table in (_SAID, _WHY):
        match = ((known.fullmatch(said), words) for known, words in table)
        said = next((found.expand(words) for found, words in match if found), said)
    return said.strip()


def tell_usage(error: typer.TyperException, language: Language) -> int:
    """Print an error of usage; its exit code."""
    said = usage_words(str(getattr(error, "format_message", lambda: str(error))()), language)
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help page
        print(said, file=sys.stderr)
    else:
        if context is not None:
            print(context.get_usage(), file=sys.stderr)
            print(_hint(context.command_path, language), file=sys.stderr)
        print(("Error: " if language == "en" else "Lỗi: ") + said, file=sys.stderr)
    return int(getattr(error, "exit_code", USAGE_ERROR))


def speak(app: typer.Typer) -> None:
    """Let every command of a program, and of the groups in it, tell itself in the reader's language."""
    app.info.cls = _Group
    for command in app.registered_commands:
        command.cls = _Command
        command.rich_help_panel = _TITLES["command"] if _is_vietnamese() else None
    for group in app.registered_groups:
        group.cls = _Group
        group.rich_help_panel = _TITLES["command"] if _is_vietnamese() else None
        if group.typer_instance is not None:
            speak(group.typer_instance)


def _hint(command: str, language: Language) -> str:
    if language == "en":
        return f"Try '{command} --help' for help."
    return f"Xem hướng dẫn: {command} --help"


def _is_vietnamese() -> bool:
    asked = language_of_arguments(sys.argv)
    if asked is not None:
        return asked == "vi"
    from dossier.errors import SettingRefused
    from flows.settings import settings

    try:
        return settings().language == "vi"
    except SettingRefused:
        return True


class _Command(TyperCommand):
    """A command whose usage line, titles and help option are told in Vietnamese where that is read."""

    def get_usage(self, ctx: Any) -> str:
        """The usage line."""
        return _usage(super().get_usage(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options, under their titles."""
        return _titled(super().get_params(ctx))


class _Group(TyperGroup):
    """A group of commands, told as its commands are."""

    def get_usage(self, ctx: Any) -> str:
        """The usage line."""
        return _usage(super().get_usage(ctx))

    def get_params(self, ctx: Any) -> list[Any]:
        """Arguments and options, under their titles."""
        return _titled(super().get_params(ctx))


def _usage(line: str) -> str:
    if not _is_vietnamese():
        return line
    line = line.replace("Usage:", "Cách dùng:", 1).replace("[OPTIONS]", "[TÙY CHỌN]")
    return line.replace("COMMAND [ARGS]...", "LỆNH [THAM SỐ]...")


def _titled(params: list[Any]) -> list[Any]:
    if _is_vietnamese():
        for each in params:
            kind = "argument" if isinstance(each, TyperArgument) else "option"
            each.rich_help_panel = each.rich_help_panel or _TITLES[kind]
            if each.name == "help":
                each.help = "Xem hướng dẫn này."
    return params
