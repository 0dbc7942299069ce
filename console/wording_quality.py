"""What a first look at a page says: flaws, verdicts, repeated sheets, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language
from dossier.outline import OutlineKind
from dossier.page_print import Likeness
from dossier.quality import Flaw, QualityVerdict

VERDICTS: Final[dict[QualityVerdict, dict[Language, str]]] = {
    QualityVerdict.FINE: {"vi": "đạt", "en": "fine"},
    QualityVerdict.RESCAN_ADVISED: {"vi": "NÊN QUÉT LẠI", "en": "RESCAN ADVISED"},
    QualityVerdict.RESCAN_NEEDED: {"vi": "PHẢI QUÉT LẠI", "en": "RESCAN NEEDED"},
}
FLAWS: Final[dict[Flaw, dict[Language, str]]] = {
    Flaw.RESOLUTION: {
        "vi": "Độ phân giải thấp: {value:.0f} dpi (cần ít nhất {limit:.0f}). Chỉnh máy quét lên 300 dpi.",
        "en": "Resolution is low: {value:.0f} dpi (at least {limit:.0f}). Set the scanner to 300 dpi.",
    },
    Flaw.BLUR: {
        "vi": "Ảnh mờ: nét nhòe {value:.0f} µm (giới hạn {limit:.0f}). Ép phẳng giấy, lau kính, quét lại.",
        "en": "The picture is soft: {value:.0f} µm (limit {limit:.0f}). Press the sheet flat, clean the glass.",
    },
    Flaw.ILLEGIBLE: {
        "vi": "Chữ khó đọc: {value:.2f} (giới hạn {limit:.2f}). Xem lại bản giấy, quét lại rõ hơn.",
        "en": "Print is hard to read: {value:.2f} (limit {limit:.2f}). Look at the paper, scan it clearer.",
    },
    Flaw.TOO_PALE: {
        "vi": "Chữ quá nhạt: chênh {value:.0f} mức xám (cần {limit:.0f}). Giảm độ sáng rồi quét lại.",
        "en": "Print is too pale: {value:.0f} grey levels (needs {limit:.0f}). Lower the brightness.",
    },
    Flaw.TOO_DARK: {
        "vi": "Ảnh quá tối: nền giấy {value:.0f}/255 (cần {limit:.0f}). Tăng độ sáng rồi quét lại.",
        "en": "The picture is too dark: paper at {value:.0f} of 255 (needs {limit:.0f}). Raise the brightness.",
    },
    Flaw.SHADOW: {
        "vi": "Có bóng che: chỗ tối nhất còn {value:.0%} ánh sáng (cần {limit:.0%}). Đậy nắp, quét lại.",
        "en": "A shadow lies on the page: {value:.0%} of the light (needs {limit:.0%}). Close the lid.",
    },
    Flaw.FINGER: {
        "vi": "Ngón tay che trang giấy: {value:.0f} mm² (giới hạn {limit:.0f}). Quét lại.",
        "en": "A finger covers part of the page: {value:.0f} mm² (limit {limit:.0f}). Scan it again.",
    },
    Flaw.CLIPPED: {
        "vi": "Chữ bị cắt ở mép ({value:.0f} chỗ). Đặt lại giấy, chọn đúng khổ giấy, quét lại.",
        "en": "Print is cut at the edge ({value:.0f} places). Place the sheet anew, check the paper size.",
    },
    Flaw.FOLDED_CORNER: {
        "vi": "Góc giấy bị gập hoặc rách ({value:.0f} mm). Vuốt phẳng góc giấy, quét lại.",
        "en": "A corner is folded or torn ({value:.0f} mm). Flatten it and scan again.",
    },
    Flaw.SKEW: {
        "vi": "Trang bị lệch {value:.1f} độ (giới hạn {limit:.0f}). Đặt lại giấy cho thẳng.",
        "en": "The page lies askew by {value:.1f} degrees (limit {limit:.0f}). Lay it straight.",
    },
    Flaw.NO_COLOUR: {
        "vi": "Quét đen trắng; quy định là ảnh màu (NĐ 30/2020/NĐ-CP Phụ lục I). Chỉnh máy quét sang màu.",
        "en": "Scanned without colour; colour is the rule (NĐ 30/2020/NĐ-CP). Set the scanner to colour.",
    },
    Flaw.PHOTOGRAPH: {
        "vi": "Đây là ảnh chụp, không phải bản quét. Nếu có bản giấy, hãy quét bản giấy.",
        "en": "This is a photograph, not a scan. Scan the paper if it is at hand.",
    },
    Flaw.SCALE: {
        "vi": "Tỷ lệ {value:.0%}, không phải 100 %. Tắt thu phóng rồi quét lại.",
        "en": "The scale is {value:.0%}, not 100 %. Switch scaling off and scan again.",
    },
    Flaw.STREAK: {
        "vi": "Có {value:.0f} vệt dọc suốt trang (giới hạn {limit:.0f}). Lau kính máy quét rồi quét lại.",
        "en": "{value:.0f} lines run down the whole page (limit {limit:.0f}). Clean the glass, scan again.",
    },
    Flaw.DIRTY_GLASS: {
        "vi": "Vệt dọc cùng một chỗ trên {value:.0f} trang: kính máy quét bẩn. Lau kính rồi quét lại.",
        "en": "A line at the same place on {value:.0f} pages: the glass is dirty. Clean it, scan again.",
    },
}
THINGS: Final[dict[OutlineKind, dict[Language, str]]] = {
    OutlineKind.CARD: {
        "vi": "Thẻ trên mặt kính, {width:.0f} x {height:.0f} mm.",
        "en": "A card on the glass, {width:.0f} x {height:.0f} mm.",
    },
    OutlineKind.SHEET: {
        "vi": "Tờ giấy nhỏ hơn mặt kính, {width:.0f} x {height:.0f} mm.",
        "en": "A sheet smaller than the glass, {width:.0f} x {height:.0f} mm.",
    },
    OutlineKind.PHOTOGRAPHED: {
        "vi": "Tờ giấy trong ảnh chụp.",
        "en": "A sheet in a photograph.",
    },
}
LIKENESS: Final[dict[Likeness, dict[Language, str]]] = {
    Likeness.SAME: {"vi": "Quét trùng với {other}.", "en": "The same sheet as {other}."},
    Likeness.ALIKE: {
        "vi": "Giống {other} nhưng có số hoặc chữ khác; cán bộ đối chiếu, không tự bỏ trang nào.",
        "en": "Looks like {other}, but numbers or words differ; compare them, nothing is dropped.",
    },
    Likeness.DIFFERENT: {"vi": "Khác {other}.", "en": "Differs from {other}."},
}
