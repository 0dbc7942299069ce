"""What errors say: one entry for each class, by its name, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from console.wording_language import Language

ERRORS: Final[dict[str, dict[Language, str]]] = {
    "SohoaError": {"vi": "Không thực hiện được.", "en": "It could not be done."},
    "InputRefused": {
        "vi": "Thông tin vừa nhập chưa dùng được. Sửa lại rồi làm lại.",
        "en": "What was typed cannot be taken. Correct it and do it again.",
    },
    "CaseUnknown": {
        "vi": "Thủ tục không có trường hợp này. Xem `sohoa catalogue show`.",
        "en": "The procedure has no such case. See `sohoa catalogue show`.",
    },
    "EntryUnknown": {
        "vi": "Không tìm thấy. Kiểm tra lại mã hoặc số.",
        "en": "It is not there. Check the code or the number.",
    },
    "AlreadyRunning": {
        "vi": "Dịch vụ thường trú đang chạy. Dùng dịch vụ đó, hoặc dừng bằng `sohoa stop`.",
        "en": "The resident process runs. Use it, or end it with `sohoa stop`.",
    },
    "WriteRefused": {
        "vi": "Không ghi được vào đây. Chọn thư mục có sẵn và có quyền ghi.",
        "en": "It cannot be written there. Name a folder that exists and that you may write to.",
    },
    "SourceError": {"vi": "Không nhận được tệp.", "en": "The file cannot be taken in."},
    "SourceNotFound": {
        "vi": "Không tìm thấy tệp. Kiểm tra lại đường dẫn.",
        "en": "There is no such file. Check the path.",
    },
    "SourceEmpty": {
        "vi": "Tệp rỗng. Quét lại giấy tờ.",
        "en": "The file is empty. Scan the paper again.",
    },
    "SourceUnreadable": {
        "vi": "Tệp hỏng, không đọc được. Tệp gốc nằm trong khu cách ly; quét lại giấy tờ.",
        "en": "The file is damaged. Its original lies in quarantine; scan the paper again.",
    },
    "SourceEncrypted": {
        "vi": "Tệp PDF có mật khẩu. Lưu lại không mật khẩu hoặc quét bản giấy.",
        "en": "The PDF asks for a password. Save it without one, or scan the paper.",
    },
    "SourceTooLarge": {
        "vi": "Ảnh hoặc tệp quá lớn. Quét ở 300 dpi hoặc tách tệp.",
        "en": "The picture or file is too large. Scan at 300 dpi, or split the file.",
    },
    "SourceWithoutPages": {
        "vi": "Tệp không có trang nào. Quét lại giấy tờ.",
        "en": "The file has no pages. Scan the paper again.",
    },
    "SourceUnsupported": {
        "vi": "Không phải JPEG, PNG, TIFF hay PDF. Lưu lại theo một trong các dạng đó.",
        "en": "Neither JPEG, PNG, TIFF nor PDF. Save it as one of these.",
    },
    "SourceIncomplete": {
        "vi": "Tệp đang được ghi. Chờ máy quét ghi xong.",
        "en": "The file is still being written. Wait for the scanner.",
    },
    "SourceTooMany": {
        "vi": "Quá số tệp nhận được một lần. Gửi tiếp các tệp còn lại với cùng mã hồ sơ.",
        "en": "More files than are taken at once. Send the others afterwards, under the same code.",
    },
    "CatalogueError": {"vi": "Danh mục thủ tục có lỗi.", "en": "The catalogue of procedures cannot answer."},
    "ProcedureUnknown": {
        "vi": "Không có thủ tục này trong danh mục vào ngày tiếp nhận. Xem `sohoa catalogue list`.",
        "en": "No such procedure is in force on the day of reception. See `sohoa catalogue list`.",
    },
    "CatalogueInvalid": {
        "vi": "Tệp danh mục sai cấu trúc. Sửa tệp được nêu tên.",
        "en": "A catalogue file breaks the schema. Correct the named file.",
    },
    "ReaderError": {"vi": "Không đọc được trang.", "en": "The page could not be read."},
    "ReaderUnfit": {
        "vi": "Bộ đọc thiếu chữ tiếng Việt nên bị từ chối.",
        "en": "The reader lacks Vietnamese letters and is refused.",
    },
    "PartMissing": {
        "vi": "Thiếu một phần mềm hoặc phông chữ. Xem `sohoa doctor`.",
        "en": "A program or font is missing. See `sohoa doctor`.",
    },
    "PageTimedOut": {
        "vi": "Trang đọc quá lâu nên đã dừng. Quét lại trang.",
        "en": "The page took too long and was stopped. Scan it again.",
    },
    "PageTooHungry": {
        "vi": "Trang cần nhiều bộ nhớ hơn mức cho phép nên đã dừng. Quét lại ở 300 dpi.",
        "en": "The page took more memory than is allowed and was stopped. Scan it again at 300 dpi.",
    },
    "SealError": {"vi": "Không ký số được tài liệu.", "en": "The document could not be sealed."},
    "RenditionDiffers": {
        "vi": "Lớp chữ của PDF khác với chữ đã đọc nên không lưu trữ.",
        "en": "The PDF's text layer differs from what was read; it was not archived.",
    },
    "RenditionInvalid": {
        "vi": "Tệp tạo ra không đạt PDF/A-2b nên không lưu trữ.",
        "en": "The rendition is not valid PDF/A-2b; it was not archived.",
    },
    "SignerUnavailable": {
        "vi": "Không dùng được chứng thư số. Kiểm tra thiết bị ký hoặc tệp PKCS#12 và mật khẩu.",
        "en": "The signing identity cannot be used. Check the token, or the PKCS#12 file and its password.",
    },
    "PinRefused": {
        "vi": "Thiết bị ký báo sai mã PIN. Ghi lại đúng mã PIN vào tệp; phần mềm không tự thử lại để thiết bị không bị khóa.",
        "en": "The token says that the PIN is wrong. Write the right one into its file; it is not tried again before.",
    },
    "TimestampUnavailable": {
        "vi": "Dịch vụ cấp dấu thời gian không trả lời đúng; tài liệu vẫn được ký, dấu thời gian bổ sung sau.",
        "en": "The time stamping service does not answer rightly; the document is sealed, the stamp follows.",
    },
    "RevocationUnknown": {
        "vi": "Không hỏi được tình trạng thu hồi của chứng thư số; tài liệu vẫn được ký, bằng chứng bổ sung sau.",
        "en": "Whether the certificate is revoked is not known; the document is sealed, the proof follows.",
    },
    "CertificateRefused": {
        "vi": "Chứng thư số đã bị thu hồi, hết hạn hoặc không thuộc tổ chức được tin cậy.",
        "en": "The certificate is revoked or expired, or comes from nobody who is trusted.",
    },
    "ClockWrong": {
        "vi": "Đồng hồ máy này lệch với dịch vụ cấp dấu thời gian; chưa ký gì, hãy chỉnh lại đồng hồ rồi chạy lại.",
        "en": "This machine's clock and the time stamping service's differ; nothing was sealed. Set the clock, run again.",
    },
    "StorageError": {
        "vi": "Không lưu hoặc lấy được dữ liệu.",
        "en": "Something could not be kept or fetched.",
    },
    "SchemaNewer": {
        "vi": "Cơ sở dữ liệu đã được phiên bản mới hơn thay đổi; không sửa gì. Cài phiên bản mới, hoặc phục hồi bản "
        "sao lưu trước đó.",
        "en": "A later release changed the database; nothing was touched. Install it, or restore a backup.",
    },
    "DatabaseUnfit": {
        "vi": "Cơ sở dữ liệu không phù hợp. Tạo bằng: createdb --template=template0 --encoding=UTF8 --locale=C TÊN",
        "en": "The database is unfit. Make it: createdb --template=template0 --encoding=UTF8 --locale=C NAME",
    },
    "StoreUnreachable": {
        "vi": "Kho lưu trữ không trả lời. Các trang vẫn an toàn trên máy này và sẽ tự được lưu khi kho hoạt động lại.",
        "en": "The store does not answer. The pages are safe on this machine and archived by themselves when it is back.",
    },
    "StoreUnfit": {
        "vi": "Kho lưu trữ thiếu tính năng bắt buộc. Cần kho có phiên bản và khóa đối tượng.",
        "en": "The store lacks what an archive needs. Use one with versioning and object lock.",
    },
    "StoreConflict": {
        "vi": "Trong kho đã có nội dung khác cùng tên; không ghi đè. Dùng mã hồ sơ khác hoặc xem lại hồ sơ đã lưu.",
        "en": "Other content is already kept under this name; nothing was overwritten.",
    },
    "DiskFull": {
        "vi": "Ổ đĩa đầy. Giải phóng chỗ trống rồi chạy lại; công việc tiếp tục từ chỗ dừng.",
        "en": "The disk is full. Free some space and run again; the work continues where it stopped.",
    },
    "NotInArchive": {"vi": "Kho lưu trữ không có hồ sơ này.", "en": "The archive has no such dossier."},
    "LedgerBroken": {
        "vi": "Sổ nhật ký bị thay đổi. Báo ngay cho quản trị viên.",
        "en": "The ledger has been changed. Call the administrator.",
    },
    "KeyMissing": {
        "vi": "Dữ liệu được niêm phong bằng khóa không có trên máy này. Đặt lại bản sao của tệp khóa; chưa có gì "
        "bị thay đổi.",
        "en": "This is sealed with a key that is not on this machine. Put back the copy of the file of keys; "
        "nothing was changed.",
    },
    "RetentionStands": {
        "vi": "Chưa được xóa: còn thời hạn lưu trữ hoặc đang bị giữ theo yêu cầu pháp lý.",
        "en": "It may not be erased yet: its retention has not ended, or a legal hold stands.",
    },
    "NotOnDesk": {
        "vi": "Không có hồ sơ mã này. Kiểm tra lại mã hồ sơ.",
        "en": "There is no dossier of this code. Check the code.",
    },
    "RegisterError": {
        "vi": "Không dùng được dữ liệu dân cư.",
        "en": "The residence register cannot be used.",
    },
    "RegisterUnreachable": {
        "vi": "Cơ sở dữ liệu dân cư không trả lời.",
        "en": "The residence register does not answer.",
    },
    "ServiceError": {"vi": "Dịch vụ thường trú có lỗi.", "en": "The resident process cannot be used."},
    "ServiceUnreachable": {
        "vi": "Dịch vụ thường trú không khởi động hoặc không trả lời. Chạy `sohoa serve` và xem nhật ký.",
        "en": "The resident process did not start or does not answer. Run `sohoa serve` and look at its log.",
    },
    "ServiceBusy": {
        "vi": "Đang được xử lý ở một lượt khác. Chờ lượt đó xong.",
        "en": "Another run is under way. Wait for it.",
    },
    "BeingSealed": {
        "vi": "Hồ sơ đang được ký số. Giấy tờ mới đã nhận được, chờ ký xong rồi tự chạy tiếp.",
        "en": "The dossier is being sealed. The new papers are kept and go on by themselves after that.",
    },
    "RunGivenUp": {
        "vi": "Tiến trình đã dừng nhiều lần khi xử lý hồ sơ này nên không tự chạy lại nữa. Xem nhật ký.",
        "en": "The process ended several times over this dossier; it is not run again by itself. See the log.",
    },
    "LeaseLost": {
        "vi": "Một tiến trình khác đã tiếp quản hồ sơ này; kết quả của tiến trình đó được dùng.",
        "en": "Another process has taken this dossier over; what it makes of it counts.",
    },
    "PrefectAway": {
        "vi": "Bộ điều phối công việc (Prefect) không trả lời. Hồ sơ chờ và tự chạy tiếp khi nó hoạt động lại.",
        "en": "What carries runs out (Prefect) does not answer. The dossier waits and goes on by itself.",
    },
    "CodeTaken": {
        "vi": "Mã {subject} đã dùng cho thủ tục {cause}. Kiểm tra lại mã hồ sơ và thủ tục.",
        "en": "Code {subject} is in use for procedure {cause}. Check the dossier code and the procedure.",
    },
    "ChangedMeanwhile": {
        "vi": "Người khác vừa sửa cùng chỗ này; chưa có gì bị ghi đè. Xem lại rồi làm lại.",
        "en": "Somebody else changed it meanwhile; nothing was overwritten. Look at it and repeat the change.",
    },
    "ScannerError": {
        "vi": "Máy quét không làm việc được. Các trang đã quét vẫn được giữ.",
        "en": "The scanner cannot go on. The pages scanned so far are kept.",
    },
    "ScannerNotFound": {
        "vi": "Không tìm thấy máy quét này. Xem `sohoa scanners`.",
        "en": "There is no such scanner. See `sohoa scanners`.",
    },
    "FeederEmpty": {
        "vi": "Khay nạp giấy trống. Đặt giấy vào khay rồi quét tiếp.",
        "en": "The feeder is empty. Put the sheets in and continue.",
    },
    "PaperJam": {
        "vi": "Kẹt giấy. Lấy tờ bị kẹt ra, đặt lại tờ đó cùng các tờ còn lại vào khay rồi quét tiếp.",
        "en": "A sheet is stuck. Take it out, put it and those after it back, and continue.",
    },
    "CoverOpen": {
        "vi": "Nắp máy quét đang mở. Đóng nắp rồi quét tiếp.",
        "en": "The scanner's cover is open. Close it and continue.",
    },
    "ScannerBusy": {
        "vi": "Máy quét đang bận. Chờ một lát rồi quét tiếp.",
        "en": "The scanner is busy. Wait a moment and try again.",
    },
    "ScannerLost": {
        "vi": "Mất kết nối với máy quét. Kiểm tra dây cáp và nguồn điện, đặt lại các tờ chưa quét rồi quét tiếp.",
        "en": "The scanner does not answer any more. Check plug and power, put the remaining sheets back, and continue.",
    },
    "ScannerRefused": {
        "vi": "Máy quét không hỗ trợ chế độ đã chọn. Chọn cấu hình quét khác.",
        "en": "The scanner cannot do what the profile asks. Choose another one.",
    },
    "BatchError": {"vi": "Không xử lý được mẻ quét.", "en": "The batch cannot be worked on."},
    "BatchNotFound": {
        "vi": "Không có mẻ quét này trên máy. Xem `sohoa batch list`.",
        "en": "There is no such batch on this machine. See `sohoa batch list`.",
    },
    "PassesDiffer": {
        "vi": "Số mặt sau khác số mặt trước nên không ghép. Quét lại cả chồng mặt sau với --backs; nếu "
        "thiếu mặt trước, bắt đầu mẻ mới.",
        "en": "Fronts and backs are not equally many and were not put together. Scan all backs again with "
        "--backs; where a front is missing, begin a new batch.",
    },
    "BatchEditRefused": {
        "vi": "Không sửa được mẻ quét như vậy.",
        "en": "The batch cannot be changed that way.",
    },
    "ClientError": {
        "vi": "Không thực hiện được yêu cầu của hệ thống khác.",
        "en": "The other system's call failed.",
    },
    "ClientRefused": {
        "vi": "Không có hệ thống này hoặc tên đã dùng. Xem `sohoa client list`.",
        "en": "There is no such client, or its name is taken. See `sohoa client list`.",
    },
    "DepositNotFound": {"vi": "Không có hồ sơ này.", "en": "There is no such dossier."},
    "DepositRefused": {
        "vi": "Hồ sơ không ở trạng thái cho phép, hoặc nội dung khác với lần gửi trước.",
        "en": "The dossier's state does not allow it, or it says something else than before.",
    },
    "WebhookRefused": {
        "vi": "Không được gửi sự kiện đến địa chỉ này. Dùng https và địa chỉ công khai, hoặc đặt SOHOA_WEBHOOK_NETWORKS.",
        "en": "Events may not be sent there. Use https and a public address, or set SOHOA_WEBHOOK_NETWORKS.",
    },
    "SignatureRefused": {
        "vi": "Chữ ký của thông điệp sai, quá cũ hoặc đã dùng.",
        "en": "The message's signature is wrong, too old, or was used before.",
    },
    "ReviewError": {"vi": "Không thực hiện được trên bản nháp.", "en": "The draft cannot be worked on so."},
    "ReviewNotFound": {
        "vi": "Chưa có bản nháp của hồ sơ này, hoặc không có trang đó. Kiểm tra mã hồ sơ.",
        "en": "There is no draft of this dossier, or no such page in it. Check the code.",
    },
    "ReviewClosed": {
        "vi": "Hồ sơ đang ký số hoặc đã lưu, không sửa được nữa. Bổ sung thì quét thêm thành gói mới.",
        "en": "The dossier is being sealed or is archived and takes no corrections. A supplement is a new package.",
    },
    "CorrectionRefused": {
        "vi": "Không sửa như vậy được. Bản nháp giữ nguyên.",
        "en": "It cannot be corrected that way. The draft stands as it was.",
    },
    "SealRefused": {
        "vi": "Còn vấn đề chặn việc lưu. Xử lý hoặc ghi lý do bỏ qua, rồi ký số lại.",
        "en": "Something blocking is open. Settle it, or dismiss it with a reason, then seal.",
    },
    "NotSeenYet": {
        "vi": "Hồ sơ vừa có thêm kết quả tra cứu dân cư hoặc giấy tờ mới. Xem lại, rồi ký số.",
        "en": "The residence register has just answered, or papers have come. Look at what is new, then seal.",
    },
    "NoticeRefused": {
        "vi": "Không lập được phiếu: chỉ được yêu cầu giấy tờ còn thiếu có trong thành phần hồ sơ.",
        "en": "No notice can be made: it may ask only for what the procedure lists and the dossier lacks.",
    },
    "ReviewConflict": {
        "vi": "Người khác vừa sửa cùng chỗ này; cả hai giá trị đều được giữ. Xem lại rồi sửa lại nếu cần.",
        "en": "Somebody else changed the same thing; both values are kept. Look, and repeat yours if it is right.",
    },
    "AccountError": {
        "vi": "Không thực hiện được với tài khoản này.",
        "en": "The account cannot be worked on so.",
    },
    "AccountExists": {
        "vi": "Tên này đã có người dùng. Chọn tên khác.",
        "en": "The name is taken. Choose another one.",
    },
    "AccountRefused": {
        "vi": "Không có tài khoản này, hoặc thông tin tài khoản không hợp lệ. Xem `sohoa account list`.",
        "en": "There is no such account, or an account may not be like this. See `sohoa account list`.",
    },
    "ProviderUnreachable": {
        "vi": "Hệ thống đăng nhập chung không trả lời. Thử lại, hoặc đăng nhập bằng tài khoản tại chỗ.",
        "en": "The identity provider does not answer. Try again, or sign in with a local account.",
    },
    "ProviderRefused": {
        "vi": "Không đăng nhập được bằng hệ thống chung. Bắt đầu lại; nếu vẫn vậy, báo quản trị viên.",
        "en": "The sign-in at the provider was not accepted. Begin anew; if it stays so, tell the administrator.",
    },
    "SettingRefused": {
        "vi": "Cài đặt này không được chấp nhận. Sửa cài đặt rồi chạy lại.",
        "en": "This setting is not accepted. Change it and start again.",
    },
    "OperatingError": {
        "vi": "Không thực hiện được việc vận hành này. Xem docs/runbook.md.",
        "en": "This piece of operating could not be done. See docs/runbook.md.",
    },
    "BackupDamaged": {
        "vi": "Bản sao lưu bị thiếu hoặc hỏng. Dùng bản trước đó; xem `sohoa backup check`.",
        "en": "The backup is torn or damaged. Take the one before it; see `sohoa backup check`.",
    },
    "BackupNewer": {
        "vi": "Bản sao lưu do phiên bản phần mềm mới hơn tạo ra. Cài phiên bản đó rồi khôi phục.",
        "en": "A later version of this product made the backup. Install that version, then restore.",
    },
    "TargetNotEmpty": {
        "vi": "Nơi khôi phục đã có dữ liệu; không thay đổi gì. Khôi phục vào thư mục, cơ sở dữ liệu và kho trống.",
        "en": "Something is there already; nothing was changed. Restore into an empty folder, database and store.",
    },
    "MoveUnfinished": {
        "vi": "Chưa chuyển đủ sang kho mới; kho cũ vẫn là kho đang dùng. Xử lý nguyên nhân rồi chạy lại.",
        "en": "Not everything is in the new store; the old one stays in use. Mend the cause and run it again.",
    },
    "DisposalRefused": {
        "vi": "Danh mục tiêu hủy không thực hiện được. Lập lại danh mục và trình quyết định.",
        "en": "The list cannot be carried out. Draw it anew and have it decided on.",
    },
    "BackupNotFound": {
        "vi": "Không có bản sao lưu nào ở đây. Kiểm tra ổ đĩa đã cắm, đã gắn và đúng thư mục; xem `sohoa backup list`.",
        "en": "There is no such backup. Is the disk plugged in and mounted, and is it this folder? See `sohoa backup list`.",
    },
}
