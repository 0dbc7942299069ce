"""What `sohoa hold`, `keys`, `person` and `doctor --store` do and tell."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.text import Text

from console.commands import resident_process
from console.output import Output
from console.wording_keeping import PROMISES, STANDING, WORDS
from console.wording_times import time_words
from dossier.conformance import Promise, StoreCheck
from dossier.errors import KeyMissing, RetentionStands, StoreUnfit
from flows.person_data import BASIS, Standing
from flows.settings import settings

_MARKS = {
    Promise.KEPT: ("✓", "green"),
    Promise.BROKEN: ("✗", "bold red"),
    Promise.NOT_CHECKED: ("?", "yellow"),
}


def hold(dossier: str, reason: str, output: Output, *, release: bool) -> int:
    """Place a legal hold, or end one."""
    order = "release" if release else "hold"
    told = resident_process(output).call("POST", f"/dossiers/{dossier}/{order}", {"reason": reason})
    if output.as_json:
        output.data(told)
    else:
        output.text(WORDS[order][output.language].format_map(told))
    return 0


def show_holds(output: Output) -> int:
    """Every hold that stands."""
    told = resident_process(output).call("GET", "/holds")
    if output.as_json:
        output.data(told)
    elif not told["holds"]:
        output.text(WORDS["no_holds"][output.language])
    else:
        for each in told["holds"]:
            placed = time_words(each["placed_at"], output.language)
            output.text(f"{each['dossier']}  {placed}  {each['placed_by']}  {each['reason']}")
    return 0


def show_keys(output: Output) -> int:
    """The keys, and what a rotation still has to do."""
    from flows.key_rotation import key_state

    state = key_state(settings())
    if output.as_json:
        output.data({"keys": list(state.names), "due": state.due})
        return 0
    for name in state.names:
        newest = f"  ({WORDS['newest'][output.language]})" if name == state.names[-1] else ""
        output.text(f"{name}{newest}")
    due = sum(state.due.values())
    output.text(WORDS["due"][output.language].format(due=due))
    return 0


def rotate_keys(output: Output, *, goes_on: bool) -> int:
    """Seal everything with a new key; exit code 67 where something could not be."""
    from flows.key_rotation import rotate

    done = rotate(settings(), goes_on=goes_on)
    if output.as_json:
        failed = [{"place": step.place, "trouble": step.trouble} for step in done.failed]
        output.data({"key": done.key, "sealed": done.sealed, "failed": failed})
    else:
        output.text(WORDS["rotated"][output.language].format(key=done.key, sealed=done.sealed))
        for place, count in Counter(step.place for step in done.failed).items():
            trouble = next(step.trouble for step in done.failed if step.place == place)
            output.text(
                WORDS["not_rotated"][output.language].format(place=place, count=count, trouble=trouble)
            )
    return KeyMissing.exit_code if done.failed else 0


def retire_key(name: str, output: Output, *, is_lost: bool) -> int:
    """Take an old key away."""
    from flows.key_rotation import retire

    retire(settings(), name, is_lost=is_lost)
    if output.as_json:
        output.data({"retired": name, "lost": is_lost})
    else:
        output.text(WORDS["given_up" if is_lost else "retired"][output.language].format(key=name))
    return 0


def show_person(number: str, output: Output) -> int:
    """Everything that is kept about a person."""
    told = resident_process(output).call("POST", "/people", {"number": number})
    if output.as_json:
        output.data(told)
        return 0
    for each in told["dossiers"]:
        output.text(WORDS["person_dossier"][output.language].format_map(_named(each, output)))
    if not told["dossiers"]:
        output.text(WORDS["nobody"][output.language])
    output.text(WORDS["answer_due"][output.language].format(basis=BASIS))
    return 0


def erase_person(number: str, reason: str, output: Output) -> int:
    """Erase what may be; exit code 68 where something stays."""
    told = resident_process(output).call("POST", "/people/erasure", {"number": number, "reason": reason})
    for stays in told["stays"]:
        stays["message"] = _why(stays, output)
    if output.as_json:
        output.data(told)
    else:
        output.text(
            WORDS["erased"][output.language].format(
                dossiers=", ".join(told["erased"]) or "-", objects=told["objects"], files=told["blobs"]
            )
        )
        for stays in told["stays"]:
            output.text(f"{stays['dossier']}: {stays['message']}")
    return RetentionStands.exit_code if told["stays"] else 0


def examine_store(output: Output) -> int:
    """Which promises the store keeps, with what follows from each that it does not; exit code 62 then."""
    told = _promises(output)
    for each in told["promises"]:
        name, consequence = PROMISES[StoreCheck(each["check"])]
        each["name"] = name[output.language]
        each["consequence"] = "" if each["outcome"] == Promise.KEPT else consequence[output.language]
    if output.as_json:
        output.data(told)
    else:
        console = output.console()
        console.print(Text(f"{told['store']}  {told['bucket']}", style="bold"))
        for each in told["promises"]:
            mark, style = _MARKS[Promise(each["outcome"])]
            console.print(Text.assemble((f"{mark} ", style), each["name"], (f"  {each['evidence']}", "dim")))
            if each["consequence"]:
                console.print(Text(f"  → {each['consequence']}", style=style))
    return 0 if told["passed"] else StoreUnfit.exit_code


def _promises(output: Output) -> dict[str, Any]:
    """An outside store is asked from here, for no resident process starts over an unfit one."""
    if settings().store_endpoint == "embedded":
        return resident_process(output).call("GET", "/store/promises")
    from flows.store_check import findings_data
    from flows.wiring import outside_store

    return findings_data(outside_store(settings()))


def _named(each: dict[str, Any], output: Output) -> dict[str, Any]:
    until = time_words(str(each["retain_until"] or "")[:10], output.language)
    return {
        **each,
        "names": ", ".join(filter(None, each["names"])) or "-",
        "kinds": ", ".join(each["kinds"]) or "-",
        "files": ", ".join(each["files"]) or "-",
        "packages": len(each["prefixes"]),
        "until": until or "-",
        "held": f"  {WORDS['held_since'][output.language]} {time_words(each['hold'], output.language)}"
        if each["hold"]
        else "",
    }


def _why(stays: dict[str, Any], output: Output) -> str:
    sentence = STANDING[Standing(stays["why"])][output.language]
    return sentence.format(until=str(stays["until"] or "?")[:10], basis=stays["basis"])
