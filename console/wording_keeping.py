"""What holds, keys, people's data and the store's promises are called, and what follows from each gap."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language
from dossier.conformance import StoreCheck
from flows.person_data import Standing

Said = dict[Language, str]

WORDS: Final[dict[str, Said]] = {
    "hold": {
        "vi": "Hồ sơ {dossier} được giữ từ {placed_at}: {objects} đối tượng không xóa được cho đến khi bỏ giữ.",
        "en": "Dossier {dossier} is held since {placed_at}: {objects} objects cannot be deleted until released.",
    },
    "release": {
        "vi": "Đã bỏ giữ hồ sơ {dossier}: {objects} đối tượng. Thời hạn lưu trữ vẫn còn hiệu lực.",
        "en": "Dossier {dossier} is released: {objects} objects. Their retention still stands.",
    },
    "no_holds": {"vi": "Không có hồ sơ nào đang bị giữ.", "en": "No dossier is held."},
    "newest": {"vi": "đang dùng để niêm phong", "en": "seals now"},
    "due": {
        "vi": "{due} mục chưa niêm phong bằng khóa mới nhất.",
        "en": "{due} things are not sealed with the newest key.",
    },
    "rotated": {
        "vi": "Đã niêm phong lại {sealed} mục bằng khóa {key}. Hãy sao tệp khóa ra nơi khác, tách khỏi bản sao dữ liệu.",
        "en": "{sealed} things sealed anew with key {key}. Copy the file of keys elsewhere, apart from data backups.",
    },
    "not_rotated": {
        "vi": "KHÔNG niêm phong lại được {count} mục trong {place}: {trouble}",
        "en": "{count} things in {place} could NOT be sealed anew: {trouble}",
    },
    "retired": {"vi": "Đã bỏ khóa {key}.", "en": "Key {key} is gone."},
    "given_up": {
        "vi": "Khóa {key} coi như mất: dữ liệu niêm phong bằng khóa này không đọc được nữa; hồ sơ trong kho không ảnh hưởng.",
        "en": "Key {key} is given up: what it sealed on this machine stays unreadable; the archive is not touched.",
    },
    "person_dossier": {
        "vi": "{code}  tên: {names}  gói: {packages} ({objects} đối tượng, giữ đến {until}){held}  giấy tờ: {kinds}  "
        "trên máy này: {blobs} tệp ảnh, từ {files}  người khác: {others}",
        "en": "{code}  name: {names}  packages: {packages} ({objects} objects, kept until {until}){held}  papers: "
        "{kinds}  on this machine: {blobs} files, from {files}  other people: {others}",
    },
    "held_since": {"vi": "ĐANG GIỮ từ", "en": "HELD since"},
    "nobody": {
        "vi": "Không có dữ liệu nào của người này.",
        "en": "Nothing is kept about this person.",
    },
    "answer_due": {
        "vi": "Yêu cầu của người dân phải được trả lời trong 2 ngày làm việc ({basis}).",
        "en": "A person's request is answered within 2 working days ({basis}).",
    },
    "erased": {
        "vi": "Đã xóa: {dossiers} ({objects} đối tượng trong kho, {files} tệp trên máy này). Việc xóa được ghi vào sổ nhật ký.",
        "en": "Erased: {dossiers} ({objects} objects in the store, {files} files on this machine). The ledger records it.",
    },
}

STANDING: Final[dict[Standing, Said]] = {
    Standing.HOLD: {
        "vi": "đang bị giữ theo yêu cầu pháp lý; không xóa ({basis}).",
        "en": "is under a legal hold and stays ({basis}).",
    },
    Standing.RETENTION: {
        "vi": "còn thời hạn lưu trữ đến {until}; không xóa ({basis}).",
        "en": "is under retention until {until} and stays ({basis}).",
    },
    Standing.OTHERS: {
        "vi": "trong hồ sơ lưu trữ còn dữ liệu của người khác; phải có quyết định tiêu hủy của lưu trữ ({basis}).",
        "en": "the archived dossier holds other people's data; the archive's own decision is needed ({basis}).",
    },
    Standing.UNDER_WAY: {
        "vi": "đang được xử lý hoặc đang chờ; hãy ra lệnh xóa lại khi hồ sơ đã xong.",
        "en": "is under way, or waits for something; order the erasure again when it has ended.",
    },
    Standing.NO_ERASER: {
        "vi": "máy này không có quyền xóa trong kho; quản trị viên kho phải xóa hoặc đặt SOHOA_STORE_ERASER_ACCESS_KEY.",
        "en": "this machine may not delete in the store; its administrator must, or set SOHOA_STORE_ERASER_ACCESS_KEY.",
    },
}

PROMISES: Final[dict[StoreCheck, tuple[Said, Said]]] = {
    StoreCheck.TLS: (
        {"vi": "Đường truyền mã hóa", "en": "Encrypted line"},
        {
            "vi": "Giấy tờ và mật khẩu kho đi qua mạng không mã hóa; ai nghe được mạng là đọc được. Bật TLS.",
            "en": "Papers and the store's credentials cross the network in the clear. Switch TLS on.",
        },
    ),
    StoreCheck.VERSIONING: (
        {"vi": "Giữ mọi phiên bản", "en": "Versioning"},
        {
            "vi": "Ghi đè là mất bản cũ; kho này không dùng làm kho lưu trữ được.",
            "en": "What is overwritten is gone; this store is no archive.",
        },
    ),
    StoreCheck.OBJECT_LOCK: (
        {"vi": "Khóa đối tượng", "en": "Object lock"},
        {
            "vi": "Không có gì ngăn việc xóa trước hạn; phần mềm từ chối lưu. Tạo lại bucket với khóa đối tượng.",
            "en": "Nothing keeps anybody from deleting; the product refuses to archive. Make the bucket anew with lock.",
        },
    ),
    StoreCheck.CONDITIONAL_PUT: (
        {"vi": "Không ghi đè (If-None-Match)", "en": "Conditional put"},
        {
            "vi": "Hai máy cùng ghi một tên thì bản sau che bản trước mà không ai biết; phần mềm từ chối lưu.",
            "en": "Of two who put under one name the second hides the first unnoticed; the product refuses to archive.",
        },
    ),
    StoreCheck.CHECKSUM: (
        {"vi": "Đối chiếu mã kiểm khi nhận", "en": "Checksum on arrival"},
        {
            "vi": "Lỗi đường truyền chỉ được phát hiện ở lần đọc lại sau.",
            "en": "A transmission fault is only found when the object is read again.",
        },
    ),
    StoreCheck.ENCRYPTION: (
        {"vi": "Mã hóa phía kho", "en": "Encryption at rest"},
        {
            "vi": "Ai lấy được ổ đĩa của kho là đọc được giấy tờ. Bật mã hóa, hoặc mã hóa ổ đĩa và đặt SOHOA_STORE_ENCRYPTION=none.",
            "en": "Whoever takes the store's disks reads the papers. Switch it on, or encrypt the disks and say "
            "SOHOA_STORE_ENCRYPTION=none.",
        },
    ),
    StoreCheck.OLDER_VERSION: (
        {"vi": "Đọc lại phiên bản cũ", "en": "Older versions are read"},
        {
            "vi": "Bản gốc bị bản sau che thì không lấy lại được.",
            "en": "An original that a later version hides cannot be fetched.",
        },
    ),
    StoreCheck.COMPLIANCE_MODE: (
        {"vi": "Chế độ COMPLIANCE", "en": "COMPLIANCE mode"},
        {
            "vi": "Quản trị viên kho có thể xóa trước hạn; sổ nhật ký không đủ để chứng minh.",
            "en": "The store's administrator can delete early; the ledger alone then proves too little.",
        },
    ),
    StoreCheck.DELETE_LOCKED: (
        {"vi": "Từ chối xóa bản đang khóa", "en": "Deleting a locked version refused"},
        {"vi": "Khóa không có tác dụng: hồ sơ lưu trữ xóa được.", "en": "The lock locks nothing."},
    ),
    StoreCheck.SHORTEN: (
        {"vi": "Từ chối rút ngắn thời hạn", "en": "Shortening refused"},
        {
            "vi": "Thời hạn lưu trữ rút ngắn được rồi xóa được.",
            "en": "Retention can be cut short, and then be deleted.",
        },
    ),
    StoreCheck.DOWNGRADE: (
        {"vi": "Từ chối hạ chế độ khóa", "en": "Downgrading refused"},
        {
            "vi": "Khóa hạ xuống GOVERNANCE được, rồi quản trị viên xóa được.",
            "en": "A lock can be turned into GOVERNANCE, which an administrator bypasses.",
        },
    ),
    StoreCheck.BYPASS_GOVERNANCE: (
        {"vi": "Không vượt được GOVERNANCE", "en": "No bypass of GOVERNANCE"},
        {
            "vi": "Tài khoản của phần mềm có quyền quản trị; dùng tài khoản chỉ được ghi và đọc.",
            "en": "The product's credentials are an administrator's; give it credentials that put and read only.",
        },
    ),
    StoreCheck.LEGAL_HOLD: (
        {"vi": "Giữ theo yêu cầu pháp lý", "en": "Legal hold"},
        {
            "vi": "`sohoa hold` không dùng được; hồ sơ đang tranh chấp hết thời hạn là xóa được.",
            "en": "`sohoa hold` cannot work; a disputed dossier can be deleted when its retention ends.",
        },
    ),
    StoreCheck.DELETE_HELD: (
        {"vi": "Từ chối xóa bản đang giữ", "en": "Deleting a held version refused"},
        {"vi": "Lệnh giữ không có tác dụng.", "en": "A hold holds nothing."},
    ),
    StoreCheck.HIDE: (
        {"vi": "Từ chối che bằng dấu xóa", "en": "Hiding behind a delete marker refused"},
        {
            "vi": "Tài khoản của phần mềm che được hồ sơ (phiên bản vẫn còn). Cấm s3:DeleteObject cho tài khoản này.",
            "en": "The product's credentials can hide packages (versions remain). Deny them s3:DeleteObject.",
        },
    ),
    StoreCheck.VERSIONING_SETTING: (
        {"vi": "Không đổi được thiết lập phiên bản", "en": "Versioning setting out of reach"},
        {
            "vi": "Tài khoản của phần mềm tắt được phiên bản. Cấm s3:PutBucketVersioning.",
            "en": "The product's credentials can switch versions off. Deny them s3:PutBucketVersioning.",
        },
    ),
    StoreCheck.LOCK_SETTING: (
        {"vi": "Không đổi được thiết lập khóa", "en": "Lock setting out of reach"},
        {
            "vi": "Tài khoản của phần mềm đổi được khóa mặc định. Cấm s3:PutBucketObjectLockConfiguration.",
            "en": "The product's credentials can change the default lock. Deny s3:PutBucketObjectLockConfiguration.",
        },
    ),
    StoreCheck.EXPIRY_SETTING: (
        {"vi": "Không đặt được hạn tự xóa", "en": "Expiry rules out of reach"},
        {
            "vi": "Tài khoản của phần mềm đặt được quy tắc tự xóa. Cấm s3:PutLifecycleConfiguration.",
            "en": "The product's credentials can let objects expire. Deny them s3:PutLifecycleConfiguration.",
        },
    ),
    StoreCheck.POLICY_SETTING: (
        {"vi": "Không đổi được quyền của bucket", "en": "Bucket policy out of reach"},
        {
            "vi": "Tài khoản của phần mềm tự cấp quyền cho mình được. Cấm s3:PutBucketPolicy.",
            "en": "The product's credentials can give themselves rights. Deny them s3:PutBucketPolicy.",
        },
    ),
}
