"""The counter's whole day in a real browser, against a real resident process with store and readers.

With SOHOA_SCREENS set every screen is written into docs/screens/ as it was seen here.
"""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from flows.wiring import VIETNAM
from tests.conftest import Counter
from tests.web_screens import shoot
from tests.web_site import CHROMIUM, chromium

pytestmark = [
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
    pytest.mark.xdist_group("chromium-day"),
]
SECRET = "mật khẩu của quầy (MẪU) 7"
FIVE, WRONG, LACKING = "ho-kinh-doanh-uy-quyen", "trich-luc-sai-so-dinh-danh", "khai-tu-thieu-giay-bao-tu"
COUNTING = """
window.printed = 0;
window.print = () => { window.printed += 1; };
window.alerted = 0;
window.alert = () => { window.alerted += 1; };
"""
SHORT, LONG = 60_000, 240_000
"""Milliseconds for an answer, and for reading or starting; this machine may be busy with other tests."""


@dataclass
class Centre:
    """A counter's machine with its console, and people at browsers."""

    counter: Counter
    url: str
    browser: Browser
    first_passwords: dict[str, str]
    open: dict[str, BrowserContext] = field(default_factory=dict)

    def at(self, name: str) -> Page:
        """A page of somebody who is signed in; the first time a password is chosen."""
        if name not in self.open:
            context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
            context.set_default_timeout(SHORT)
            context.add_init_script(COUNTING)
            self.open[name] = context
            page = context.new_page()
            page.goto(self.url)
            page.fill("#name", name)
            page.fill("#password", self.first_passwords[name])
            page.click("main form button")
            page.wait_for_url("**/account/password*")
            page.fill("#old", self.first_passwords[name])
            page.fill("#new", SECRET)
            page.fill("#again", SECRET)
            page.click("main form:has(#new) button")
            page.wait_for_url("**/sign-in*")
            page.fill("#name", name)
            page.fill("#password", SECRET)
            page.click("main form button")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            return page
        return self.open[name].new_page()

    def truth(self, sample: str) -> tuple[str, str, str]:
        """Code, procedure and day of reception of a sample."""
        truth = self.counter.truth(sample)
        day = min(date.fromisoformat(truth["received_on"]), datetime.now(VIETNAM).date())
        return truth["dossier"], truth["procedure"], day.isoformat()


@contextmanager
def serving(counter: Counter) -> Iterator[str]:
    """The resident process with its console; its address."""
    process = counter.begin("serve", "--quiet")
    file = counter.state / "run" / "console.json"
    try:
        deadline = time.monotonic() + LONG / 1000
        while not file.is_file() or not json.loads(file.read_text("utf-8")).get("url"):
            assert process.poll() is None, "the resident process ended"
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield json.loads(file.read_text("utf-8"))["url"]
    finally:
        counter.sohoa("stop")
        process.wait(timeout=120)


def stack(scans: Path, folder: Path) -> Path:
    """The pages of a folder as sheets on a feeder: a picture each, whatever file they came in."""
    folder.mkdir(exist_ok=True)
    for file in sorted(scans.iterdir()):
        with Image.open(file) as picture:
            for number in range(getattr(picture, "n_frames", 1)):
                picture.seek(number)
                sheet = picture.convert("L") if picture.mode == "1" else picture.convert("RGB")
                sheet.save(folder / f"{file.stem}-{number + 1}.jpg", quality=92, dpi=(300, 300))
    return folder


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Iterator[Centre]:
    feeders = tmp_path_factory.mktemp("feeders")
    scanners = {
        f"Máy quét {n}": f"simulated:{stack(samples / sample / 'scans', feeders / str(n))}"
        for n, sample in enumerate((FIVE, WRONG), 1)
    }
    settings = {"SOHOA_CONSOLE_PORT": "0", "SOHOA_SCANNERS": json.dumps(scanners)}
    counter = Counter(tmp_path_factory.mktemp("centre"), samples, tuple(settings.items()))
    people = {
        "mai": ("clerk", "Quầy 1 (MẪU)", "Trần Thị Mai (MẪU)"),
        "lan": ("clerk", "Quầy 1 (MẪU)", "Lê Thị Lan (MẪU)"),
        "xa": ("clerk", "Quầy 9 (MẪU)", "Đỗ Văn Xa (MẪU)"),
        "luu": ("archivist", "", "Phạm Thị Lưu (MẪU)"),
    }
    passwords = {}
    for name, (role, where, shown) in people.items():
        added = counter.sohoa(
            *("account", "add", name, "--role", role, "--counter", where, "--name", shown, "--json")
        )
        assert added.exit_code == 0, added.stderr
        passwords[name] = next(str(v) for k, v in added.data.items() if "password" in k)
    expect.set_options(timeout=SHORT)
    with serving(counter) as url, chromium() as browser:
        yield Centre(counter, url, browser, passwords)


@pytest.fixture
def mai(centre: Centre) -> Iterator[Page]:
    page = centre.at("mai")
    yield page
    page.close()


def fill_intake(
    page: Page, centre: Centre, sample: str, letters: str, *, code: str = "", today: bool = False
) -> str:
    """Code, procedure by a few letters without marks, day; the code."""
    known, _, day = centre.truth(sample)
    page.goto(f"{centre.url}/intake")
    page.fill("#code", code or known)
    if not today:
        page.fill("#received_on", f"{date.fromisoformat(day):%d/%m/%Y}")
    page.wait_for_selector(".intake[data-ready]")
    page.focus("#procedure-search")
    page.keyboard.type(letters)
    page.keyboard.press("Enter")
    expect(page.locator("#procedure-search")).not_to_have_value(letters)
    return code or known


def until(page: Page, holds: str) -> None:
    """Wait for an expression; the page's own policy forbids scripts that wait inside it."""
    deadline = time.monotonic() + SHORT / 1000
    while not page.evaluate(holds):
        assert time.monotonic() < deadline, f"{holds}: {page.evaluate('JSON.stringify(localStorage)')}"
        page.wait_for_timeout(50)


@dataclass
class Keys:
    """A keyboard that counts."""

    page: Page
    count: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1


def papers_of(page: Page) -> int:
    """Thumbnails; a paper that satisfies two components stands under both."""
    return page.locator(".work-list .thumbs img").count()


def words_of_findings(page: Page) -> str:
    return " ".join(page.locator(".finding-words").all_text_contents())


def test_a_correct_dossier_of_five_pages_takes_three_keys(
    centre: Centre, mai: Page, capsys: pytest.CaptureFixture[str]
) -> None:
    code = fill_intake(mai, centre, FIVE, "thanh lap ho kinh doanh")
    shoot(mai, "tiep-nhan")
    mai.select_option("#device", "Máy quét 1")
    mai.keyboard.press("Escape")
    mai.locator("body").press("d")
    mai.wait_for_selector(".sides .side, .work", timeout=LONG)
    # From here on the feeder has stopped or stops by itself, and keys are counted.
    keys = Keys(mai)
    mai.wait_for_selector(".work[data-ready]", timeout=LONG)
    assert code in mai.url
    assert papers_of(mai) >= 5, words_of_findings(mai)
    assert mai.evaluate("document.documentElement.scrollHeight <= window.innerHeight"), "one screen"
    shoot(mai, "ho-so")
    # The form's second side bears no title: it came alone, and a person says that it belongs to the first.
    expect(mai.locator(".finding-warning")).to_have_count(1)
    keys.press("PageDown")
    expect(mai.locator(".tools-page")).to_contain_text("2/5")
    keys.press("g")
    expect(mai.locator(".finding-warning")).to_have_count(0)
    keys.press("k")
    mai.wait_for_selector(".bar-sealed, .confirm, .bar-error", timeout=LONG)
    assert mai.locator(".bar-sealed").count() == 1, mai.locator(".work-bar").inner_text()
    with capsys.disabled():
        print(f"\nkey presses from the end of the feed to the archive, five pages: {keys.count}")
    assert keys.count <= 6
    shoot(mai, "da-luu-tru")


def test_a_number_is_corrected_from_the_keyboard(centre: Centre, mai: Page) -> None:
    code = fill_intake(mai, centre, WRONG, "ban sao trich luc")
    mai.select_option("#device", "Máy quét 2")
    mai.keyboard.press("Escape")
    mai.locator("body").press("d")
    mai.wait_for_selector(".work[data-ready]", timeout=LONG)
    right = centre.counter.truth(WRONG)["identities"][0]["personal_number"]
    assert mai.locator(".finding-blocking").count() == 1, words_of_findings(mai)
    mai.keyboard.press("s")
    wrong = mai.evaluate("document.activeElement.value")
    assert wrong != right
    mai.keyboard.type(right)
    shoot(mai, "sua-so")
    mai.keyboard.press("Enter")
    expect(mai.locator(".finding-blocking")).to_have_count(0)
    mai.keyboard.press("Escape")
    mai.keyboard.press("z")
    expect(mai.locator(".finding-blocking")).to_have_count(1)
    mai.keyboard.press("Shift+Z")
    expect(mai.locator(".finding-blocking")).to_have_count(0)
    mai.keyboard.press("2")
    expect(mai.locator(".tools-page")).to_contain_text("2/2")
    mai.keyboard.press("n")
    expect(mai.locator("[data-told]")).not_to_be_empty()
    shoot(mai, "chu-nghi-ngo")
    mai.goto(f"{centre.url}/intake")
    mai.go_back()
    expect(mai.locator(".work-code")).to_have_text(code)
    expect(mai.locator(".typed-told").first).to_be_attached()


def test_what_lacks_a_paper_gets_its_notice(centre: Centre, mai: Page, tmp_path: Path) -> None:
    fill_intake(mai, centre, LACKING, "khai tu", today=True)
    bogus = tmp_path / "bao-cao.pdf"
    bogus.write_bytes(b"MZ\x90\x00 not a pdf")
    scans = sorted((centre.counter.samples / LACKING / "scans").iterdir())
    mai.set_input_files("#files", [*scans, bogus])
    mai.click("[data-does=send_files]")
    mai.wait_for_selector(".work[data-ready]", timeout=LONG)
    told = words_of_findings(mai)
    assert "bao-cao.pdf" in told, "the dossier says what it could not read"
    assert "JPEG, PNG, TIFF hay PDF" in told, "and why, in words"
    shoot(mai, "tep-khong-nhan")
    assert papers_of(mai) == len(scans), "the others went on"
    assert mai.locator(".part-missing").count() == 1
    mai.keyboard.press("k")
    expect(mai.locator(".bar-error")).to_be_visible()
    assert "Giấy báo tử" in words_of_findings(mai)
    shoot(mai, "thieu-giay-to")
    mai.locator("body").press("i")
    mai.wait_for_selector(".notice-sheet[data-ready] .notice-page")
    until(mai, "document.querySelector('.notice-page').naturalWidth > 1000")
    shoot(mai, "phieu-bo-sung")
    mai.keyboard.press("i")
    assert mai.evaluate("window.printed") == 1
    mai.keyboard.press("Escape")
    mai.wait_for_selector(".work[data-ready]")


def test_it_is_found_again_without_marks_and_audited(centre: Centre, mai: Page) -> None:
    code, _, _ = centre.truth(FIVE)
    name = centre.counter.truth(FIVE)["identities"][0]["full_name"]
    plain = unmarked(name)
    assert plain != name
    mai.goto(f"{centre.url}/search")
    mai.fill("#q", plain)
    mai.keyboard.press("Enter")
    expect(mai.locator("main")).to_contain_text(code)
    shoot(mai, "tim-kiem")
    mai.goto(centre.url)
    expect(mai.locator("main")).to_contain_text(centre.truth(LACKING)[0])
    shoot(mai, "danh-sach")
    luu = centre.at("luu")
    luu.goto(f"{centre.url}/archive/{code}")
    expect(luu.locator("main")).to_contain_text(code)
    shoot(luu, "kiem-tra")
    verified = luu.goto(f"{centre.url}/archive/{code}/verification")
    assert verified is not None
    assert verified.status == 200
    assert luu.locator("main .state.bad").count() == 0, luu.locator("main").inner_text()
    luu.goto(f"{centre.url}/ledger")
    expect(luu.locator("main h1")).to_be_visible()
    shoot(luu, "so-nhat-ky")


def test_two_clerks_see_both_values(centre: Centre, mai: Page) -> None:
    code, _, _ = centre.truth(WRONG)
    lan = centre.at("lan")
    for page in (mai, lan):
        page.goto(f"{centre.url}/dossiers/{code}?page=1")
        page.wait_for_selector(".work[data-ready]")
    name = "[data-paper-facts]:not([hidden]) [data-name=full_name]"
    lan.route("**/state?*", lambda route: route.abort())
    for page, value in ((mai, "ĐỖ KHẮC CƯƠNG"), (lan, "ĐỖ KHẮC CỪƠNG")):
        page.locator(name).first.fill(value)
        page.keyboard.press("Enter")
        if page is mai:
            expect(mai.locator("[data-paper-facts]:not([hidden]) .typed-told").first).to_be_visible()
            expect(mai.locator(".work-bar button").first).to_be_enabled()
            mai.wait_for_timeout(500)
    expect(lan.locator("dialog[open]")).to_contain_text("ĐỖ KHẮC CƯƠNG")
    expect(lan.locator("dialog[open]")).to_contain_text("ĐỖ KHẮC CỪƠNG")
    shoot(lan, "hai-can-bo")
    lan.click("dialog[open] [data-theirs]")
    expect(lan.locator(name).first).to_have_value("ĐỖ KHẮC CƯƠNG")


def test_nothing_typed_is_lost(centre: Centre, mai: Page) -> None:
    code, _, _ = centre.truth(WRONG)
    address = f"{centre.url}/dossiers/{code}?page=1"
    place = "[data-paper-facts]:not([hidden]) [data-name=residence]"
    mai.goto(address)
    first = mai.locator(place).first
    # 1. A reload, and a second tab.
    first.fill("Thôn Đang Gõ (MẪU)")
    mai.reload()
    expect(first).to_have_value("Thôn Đang Gõ (MẪU)")
    until(mai, "Object.keys(localStorage).filter(k => k.includes('typed')).length === 0")
    second = mai.context.new_page()
    second.goto(address)
    expect(second.locator(place).first).to_have_value("Thôn Đang Gõ (MẪU)")
    second.close()
    # 2. The network is gone: changes wait, are told, and are delivered in order.
    mai.context.set_offline(True)
    first.fill("Thôn Một (MẪU)")
    mai.keyboard.press("Enter")
    first.fill("Thôn Hai (MẪU)")
    first.press("Enter")
    expect(mai.locator("[data-network]")).to_contain_text("2")
    shoot(mai, "mat-mang")
    mai.context.set_offline(False)
    until(mai, "Object.keys(localStorage).filter(k => k.includes('changes')).length === 0")
    mai.reload()
    expect(first).to_have_value("Thôn Hai (MẪU)")
    # 3. The session ends while somebody types: the password, and everything is where it was.
    cookies = [each for each in mai.context.cookies() if not each["name"].startswith("sohoa")]
    mai.context.clear_cookies()
    mai.context.add_cookies(cookies)
    first.fill("Thôn Ba (MẪU)")
    expect(mai.locator("dialog.lock[open]")).to_be_visible()
    assert not mai.locator(".work").is_visible(), "nobody reads what lies behind"
    mai.fill("#lock-password", SECRET)
    mai.keyboard.press("Enter")
    expect(mai.locator("dialog.lock[open]")).to_have_count(0)
    expect(first).to_have_value("Thôn Ba (MẪU)")
    until(mai, "Object.keys(localStorage).filter(k => k.includes('typed')).length === 0")
    mai.reload()
    expect(first).to_have_value("Thôn Ba (MẪU)")


def test_script_in_a_name_stays_text(centre: Centre, mai: Page) -> None:
    code, _, _ = centre.truth(WRONG)
    mai.goto(f"{centre.url}/dossiers/{code}?page=1")
    evil = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    field = mai.locator("[data-paper-facts]:not([hidden]) [data-name=residence]").first
    field.fill(evil)
    field.press("Enter")
    until(mai, "Object.keys(localStorage).filter(k => k.includes('changes')).length === 0")
    mai.reload()
    expect(field).to_have_value(evil)
    mai.locator("body").press("1")
    assert mai.evaluate("window.alerted") == 0
    assert mai.locator("img[src=x]").count() == 0


def test_another_counters_dossier_and_half_a_gigabyte(centre: Centre, mai: Page, tmp_path: Path) -> None:
    xa = centre.at("xa")
    answer = xa.goto(f"{centre.url}/dossiers/{centre.truth(WRONG)[0]}")
    assert answer is not None
    assert answer.status == 404
    assert "ĐỖ" not in xa.content()
    shoot(xa, "quay-khac")
    huge = tmp_path / "rat-lon.pdf"
    with huge.open("wb") as sparse:
        sparse.truncate(500 << 20)
    fill_intake(mai, centre, LACKING, "khai tu", code="H42-261122-0500")
    mai.set_input_files("#files", huge)
    mai.click("[data-does=send_files]")
    expect(mai.locator("[data-network]")).to_contain_text("200 MB")
    assert mai.url.endswith("/intake"), "nothing was sent"


def unmarked(text: str) -> str:
    """As somebody types it who has no Vietnamese keyboard."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
