"""Words of help: pages in plain language, the overlay of shortcuts, the tour; in Vietnamese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "nav_help": ("Trợ giúp", "Help"),
    "help_title": ("Trợ giúp", "Help"),
    "help_lead": (
        "Mỗi trang trả lời một câu hỏi. Phím ? hiện phím tắt của màn hình đang mở.",
        "Each page answers one question. The ? key shows the shortcuts of the present screen.",
    ),
    "help_topics": ("Chủ đề", "Topics"),
    "help_back": ("Về trang trợ giúp", "Back to help"),
    "help_tour": ("Làm thử với hồ sơ MẪU", "Try it on a sample dossier"),
    "help_tour_lead": (
        "Sáu bước, khoảng ba phút. Mọi thứ đều là MẪU, không gì vào kho thật.",
        "Six steps, about three minutes. Everything is a sample; nothing enters the real archive.",
    ),
    "help_tour_start": ("Bắt đầu", "Start"),
    "help_tour_resume": ("Làm tiếp từ bước {step}", "Go on from step {step}"),
    "help_tour_again": ("Làm lại từ đầu", "Start again"),
    "help_offer": (
        "Lần đầu dùng phần mềm? Làm thử với hồ sơ MẪU trong ba phút.",
        "New here? Try it on a sample dossier, three minutes.",
    ),
    "help_offer_later": ("Để sau", "Later"),
    "help_overlay": ("Phím tắt của màn hình này", "Shortcuts of this screen"),
    "help_overlay_none": (
        "Màn hình này không có phím tắt riêng. Phím Tab đi đến từng mục, Enter để mở.",
        "This screen has no shortcuts of its own. Tab goes to each item, Enter opens it.",
    ),
    "help_overlay_close": ("Đóng", "Close"),
    "help_overlay_letters": (
        "Dùng phím chữ đơn làm phím tắt (tắt thì giữ Alt)",
        "Single letters are shortcuts (where off, hold Alt)",
    ),
    "help_overlay_more": ("Mọi trang trợ giúp", "All help pages"),
    "key.help": ("Hiện phím tắt", "Show the shortcuts"),
    "tour_title": ("Làm thử: {name}", "Tour: {name}"),
    "tour_sample": ("MẪU", "SAMPLE"),
    "tour_sample_said": (
        "Hồ sơ và người trong đó là bịa ra. Không gì ở đây vào kho thật.",
        "Dossier and people are invented. Nothing here enters the real archive.",
    ),
    "tour_step": ("Bước {step} trên {steps}", "Step {step} of {steps}"),
    "tour_steps": ("Các bước", "Steps"),
    "tour_next": ("Bước tiếp", "Next step"),
    "tour_previous": ("Bước trước", "Step before"),
    "tour_leave": ("Thoát, làm tiếp lúc khác", "Leave, go on another time"),
    "tour_wrong_number": (
        "Chưa đúng. Đọc lại 12 chữ số trên ảnh thẻ căn cước bên cạnh.",
        "Not yet. Read the 12 digits on the picture of the card once more.",
    ),
    "tour_wrong_choice": (
        "Chưa đúng. Đọc lại căn cứ ghi cạnh phát hiện.",
        "Not yet. Read the basis beside the finding once more.",
    ),
    "tour_form_picture": ("Ảnh tờ khai MẪU", "Picture of the sample form"),
    "tour_card_picture": ("Ảnh thẻ căn cước MẪU", "Picture of the sample card"),
    "tour_residence_picture": ("Ảnh giấy xác nhận cư trú MẪU", "Picture of the sample residence paper"),
    "tour_name_queue": ("danh sách hồ sơ", "the queue"),
    "tour_name_pages": ("xem giấy tờ", "look at the papers"),
    "tour_name_number": ("sửa một số", "correct a number"),
    "tour_name_finding": ("đọc phát hiện", "read a finding"),
    "tour_name_seal": ("ký và lưu", "sign and archive"),
    "tour_name_done": ("xong", "done"),
    "tour_queue_said": (
        "Màn hình đầu là danh sách hồ sơ của quầy, việc gấp nhất ở trên. Mở hồ sơ MẪU dưới đây bằng chuột, hoặc Tab rồi Enter.",
        "The first screen is the queue: the counter's dossiers, the most urgent on top. Open the sample below with the mouse, or with Tab and Enter.",
    ),
    "tour_queue_open": ("Mở hồ sơ {code}", "Open dossier {code}"),
    "tour_queue_state": ("Cần xem", "To be looked at"),
    "tour_pages_said": (
        "Máy đã đọc hai giấy tờ. Trong màn hình thật: Page Down sang trang sau, dấu + phóng to, N đến chữ nghi ngờ tiếp theo. Chữ nghi ngờ được tô theo độ chắc chắn.",
        "Two papers were read. On the real screen Page Down turns the page, + enlarges, N goes to the next doubtful word. Doubtful words are marked by how sure the reader is.",
    ),
    "tour_pages_list": (
        "Thành phần hồ sơ: tờ khai (có), thẻ căn cước (xuất trình, không lưu).",
        "Components: application (there), identity card (shown only, not kept).",
    ),
    "tour_number_said": (
        "Số định danh trên tờ khai ({written}) khác số trên thẻ. Hỏi người dân, rồi gõ số đúng theo thẻ. Trong màn hình thật phím S mở ô này.",
        "The number on the form ({written}) differs from the card's. Ask the citizen, then type the right one from the card. On the real screen S opens this field.",
    ),
    "tour_number_label": ("Số định danh theo thẻ", "Personal number on the card"),
    "tour_number_check": ("Ghi số này", "Keep this number"),
    "tour_finding_said": (
        "Hồ sơ khác kèm giấy xác nhận thông tin cư trú (CT07). Phần mềm báo: cơ quan phải tự tra cứu CSDL quốc gia về dân cư, không yêu cầu người dân nộp giấy này (NĐ 104/2022/NĐ-CP Điều 14 khoản 2).",
        "Another dossier has a residence confirmation (CT07). The software says: the office asks the register itself and does not ask the citizen for this paper (NĐ 104/2022/NĐ-CP, article 14(2)).",
    ),
    "tour_finding_question": ("Công chức làm gì với giấy này?", "What does the clerk do with this paper?"),
    "tour_finding_return": (
        "Trả lại cho người dân, đọc căn cứ, tra cứu thay",
        "Give it back, read the basis out, ask the register instead",
    ),
    "tour_finding_keep": ("Giữ lại trong hồ sơ cho chắc", "Keep it in the dossier to be on the safe side"),
    "tour_finding_more": ("Yêu cầu người dân nộp thêm một bản nữa", "Ask the citizen for another copy"),
    "tour_finding_check": ("Trả lời", "Answer"),
    "tour_seal_said": (
        "Mọi điều đã xử lý. Nếu còn thiếu giấy tờ, phím I soạn sẵn phiếu yêu cầu bổ sung. Nếu đủ, phím K ký số và lưu vào kho; trước lúc đó Z hoàn tác mọi sửa đổi.",
        "Everything is settled. Where a paper is missing, I drafts the notice. Where all is there, K signs and archives; until then Z undoes every change.",
    ),
    "tour_seal_do": ("Ký và lưu (chỉ là MẪU)", "Sign and archive (sample only)"),
    "tour_done_said": (
        "Xong. Không gì được ký hay lưu: đây là hồ sơ MẪU.",
        "Done. Nothing was signed or archived: it was a sample.",
    ),
    "tour_done_next": ("Đến màn hình làm việc", "To the real screens"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of help; each text in Vietnamese and English."""

    title: tuple[str, str]
    lead: tuple[str, str]
    steps: tuple[tuple[str, str], ...]


TOPICS: Final[dict[str, Topic]] = {
    "bat-dau": Topic(
        ("Một ngày ở quầy bắt đầu thế nào?", "How does a day at the counter begin?"),
        (
            "Đăng nhập, nhìn danh sách hồ sơ, làm hồ sơ trên cùng trước.",
            "Sign in, look at the queue, take the topmost dossier first.",
        ),
        (
            (
                "Đăng nhập bằng tên và mật khẩu của riêng mình. Mỗi lượt xem và mỗi việc ghi tên người làm.",
                "Sign in with your own name and password. Every look and every act is noted under your name.",
            ),
            (
                "Trang đầu là danh sách hồ sơ của quầy. Hồ sơ gần hạn nhất đứng trên.",
                "The first page is the counter's queue. What is due first stands on top.",
            ),
            (
                "Mở hồ sơ bằng Enter. Q đưa về danh sách hồ sơ bất cứ lúc nào.",
                "Enter opens a dossier. Q goes back to the queue at any time.",
            ),
            (
                "Rời máy: khóa màn hình. Mười lăm phút không động đến, máy tự khóa; chữ đang gõ vẫn còn.",
                "Leaving the desk: lock the screen. After fifteen minutes it locks itself; what was typed stays.",
            ),
        ),
    ),
    "so-hoa": Topic(
        ("Số hóa một hồ sơ thế nào?", "How is a dossier digitised?"),
        (
            "Đặt giấy vào máy quét hoặc thả tệp vào màn hình; phần còn lại máy làm trước, người quyết định sau.",
            "Put the papers on the scanner or drop files; the machine works first, a person decides.",
        ),
        (
            (
                "Chọn thủ tục, đặt cả xấp giấy vào khay, bấm quét. Trang hiện ra ngay khi quét xong, kèm lời khuyên nếu mờ hay mất mép.",
                "Choose the procedure, put the stack on the feeder, scan. Pages appear at once, with advice where one is blurred or cut.",
            ),
            (
                "Danh mục thành phần hồ sơ tự đánh dấu khi nhận ra giấy tờ. Phím 1 đến 9 mở ảnh của từng giấy.",
                "The checklist fills itself as papers are recognised. Keys 1 to 9 show each paper.",
            ),
            (
                "Chữ tô màu là chữ máy không chắc: N đến chữ tiếp theo, gõ đè để sửa.",
                "Marked words are doubtful: N goes to the next one, type over it to correct it.",
            ),
            (
                "Sai loại giấy: L. Sai thứ tự: Alt và mũi tên. Hai giấy dính nhau: T để tách. Trang ngược: Shift+R.",
                "Wrong kind: L. Wrong order: Alt and arrows. Two papers in one: T splits. Upside down: Shift+R.",
            ),
            (
                "Z hoàn tác. Không gì vào kho trước khi bấm K.",
                "Z undoes. Nothing enters the archive before K is pressed.",
            ),
        ),
    ),
    "bo-sung": Topic(
        ("Thiếu giấy tờ thì làm gì?", "What if a paper is missing?"),
        (
            "Một phiếu yêu cầu bổ sung, một lần, đủ mọi thứ còn thiếu, trong ba ngày làm việc.",
            "One notice, once, complete, within three working days.",
        ),
        (
            (
                "Bấm I: phiếu mẫu 02 được soạn sẵn từ các phát hiện, kèm căn cứ. Đọc lại, sửa lời nếu cần, in.",
                "Press I: form 02 is drafted from the findings with their basis. Read it, change words where needed, print.",
            ),
            (
                "Chỉ yêu cầu giấy tờ có trong thành phần hồ sơ. Giấy cư trú không được yêu cầu khi CSDL dân cư trả lời.",
                "Ask for nothing outside the published list. Residence papers may not be asked for while the register answers.",
            ),
            (
                "CSDL dân cư không trả lời: hồ sơ ghi là chưa đối chiếu, máy hỏi lại sau.",
                "Where the register does not answer, the dossier says so and it is asked later.",
            ),
        ),
    ),
    "tim": Topic(
        ("Tìm một hồ sơ cũ thế nào?", "How is an old dossier found?"),
        ("Gõ có dấu hay không dấu đều được.", "With or without marks."),
        (
            (
                "Mở Tìm kiếm. Gõ họ tên, số định danh, mã hồ sơ, hoặc chữ trong giấy tờ.",
                "Open Search. Type a name, a number, a dossier's code, or words of a paper.",
            ),
            (
                "“Nguyen Thi Hoa” tìm ra “Nguyễn Thị Hoà”. Lọc theo thủ tục, loại giấy, ngày.",
                '"Nguyen Thi Hoa" finds "Nguyễn Thị Hoà". Narrow it by procedure, kind and day.',
            ),
            (
                "Mỗi lượt xem dữ liệu cá nhân ghi vào sổ nhật ký, kèm mục đích.",
                "Every look at personal data goes into the ledger with its purpose.",
            ),
        ),
    ),
    "kiem-tra": Topic(
        ("Kiểm tra kho thế nào?", "How is the archive audited?"),
        (
            "Dành cho lưu trữ viên: kiểm tra mẫu, tính toàn vẹn, sổ nhật ký.",
            "For archivists: samples, fixity, the ledger.",
        ),
        (
            (
                "Kiểm tra, Lập lô: chọn khoảng ngày, mức và AQL. Máy tính cỡ mẫu theo ISO 2859-1 và rút trang.",
                "Audit, Draw a lot: choose days, level and AQL. The sample is sized by ISO 2859-1 and drawn.",
            ),
            (
                "Xem từng trang: bản quét, bản đã ký, văn bản cạnh nhau. D là đạt, X là không đạt, 1 đến 6 điền lý do.",
                "Look at each page: scan, sealed page and text side by side. D is good, X is faulty, 1 to 6 fill in a reason.",
            ),
            (
                "Xem hết thì kết luận lô: chấp nhận hoặc trả lại để quét lại.",
                "When all are judged the lot is closed: accepted, or sent back for rescanning.",
            ),
            (
                "Tính toàn vẹn: bắt đầu một lượt đọc lại toàn kho, dừng và chạy tiếp lúc nào cũng được.",
                "Fixity: start a run over the whole archive; it can be stopped and gone on with at any time.",
            ),
            (
                "Sổ nhật ký: lọc theo người, việc, hồ sơ, ngày; bấm số mục để xem bằng chứng.",
                "Ledger: narrow it by person, act, dossier, day; an entry's number shows its proof.",
            ),
        ),
    ),
    "kiem-soat": Topic(
        ("Đọc số liệu kiểm soát thủ tục thế nào?", "How are the control figures read?"),
        (
            "Mỗi con số là tổng trên những hồ sơ gọi tên được.",
            "Each figure is a sum over dossiers that can be named.",
        ),
        (
            (
                "Chọn khoảng ngày và chỉ số. Bốn biểu đồ: theo trung tâm, quầy, thủ tục, tháng; bảng bên cạnh có cùng số.",
                "Choose days and a figure. Four charts: by centre, counter, procedure, month; the table beside each has the same numbers.",
            ),
            (
                "Bấm tên trong bảng để thu hẹp, bấm số hồ sơ để xem danh sách, bấm hồ sơ để xem phát hiện và trang chứng minh.",
                "A name narrows it, a number lists the dossiers, a dossier shows its findings and the pages that prove them.",
            ),
            (
                "Hồ sơ không biết ngày hẹn trả thì không tính là đúng hạn hay muộn; bên cạnh chỉ số ghi rõ biết ở bao nhiêu hồ sơ.",
                "A dossier without a known due day is neither on time nor late; beside the figure stands for how many it is known.",
            ),
        ),
    ),
    "su-co": Topic(
        ("Gặp sự cố thì làm gì?", "What if something goes wrong?"),
        (
            "Không mất gì: chữ đang gõ, trang đã quét, hồ sơ đang làm đều còn.",
            "Nothing is lost: what was typed, scanned or begun is still there.",
        ),
        (
            (
                "Mất điện hay tắt máy: bật lại, đăng nhập, hồ sơ mở đúng chỗ cũ.",
                "Power cut: switch on, sign in, the dossier is where it was.",
            ),
            (
                "Máy quét kẹt giấy: gỡ giấy, đặt lại từ tờ bị kẹt, bấm quét tiếp. Trang trùng được nhận ra.",
                "Paper jam: clear it, put back from the jammed sheet on, scan again. Pages scanned twice are recognised.",
            ),
            (
                "Hai người mở một hồ sơ: sửa của cả hai được gộp; chỗ trùng nhau máy hỏi.",
                "Two people on one dossier: both corrections are merged; where they meet, you are asked.",
            ),
            (
                "Kho không trả lời: hồ sơ nằm an toàn trên máy này và tự vào kho sau. Trang Tình trạng cho biết phần nào đang hỏng.",
                "The store does not answer: dossiers are safe here and go there later. The Status page says what is wrong.",
            ),
            (
                "Quên mật khẩu: báo quản trị viên đặt lại.",
                "Forgotten password: the administrator resets it.",
            ),
        ),
    ),
    "de-dung": Topic(
        ("Chữ nhỏ, khó nhìn, không dùng chuột?", "Small print, poor sight, no mouse?"),
        (
            "Mọi màn hình dùng được bằng bàn phím, phóng to 200 % và trình đọc màn hình.",
            "Every screen works by keyboard, at 200 % and with a screen reader.",
        ),
        (
            (
                "Ctrl và dấu + phóng to chữ. Nền sáng hay tối theo máy.",
                "Ctrl and + enlarges. Light or dark follows the machine.",
            ),
            (
                "Tab đi đến từng mục, Enter mở, phím ? hiện phím tắt. Mục đầu tiên của mỗi trang là “Đến nội dung chính”.",
                "Tab goes to each item, Enter opens it, ? shows the shortcuts. The first item of each page skips to its content.",
            ),
            (
                "Phím chữ đơn vướng khi gõ: tắt trong bảng phím tắt (?), sau đó giữ Alt cùng phím chữ.",
                "Where single letters get in the way, switch them off in the overlay (?) and hold Alt.",
            ),
            (
                "Tình trạng luôn ghi bằng chữ, không chỉ bằng màu.",
                "A state is always said in words, never by colour alone.",
            ),
        ),
    ),
}
