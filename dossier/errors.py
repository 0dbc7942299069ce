"""Trouble with the world; trouble with a dossier is a Finding.

SohoaError                     1
├── InputRefused               18   a date, code, name or reason that cannot be taken
├── WriteRefused               19   a file or folder of somebody's choice that cannot be written
├── SourceError                20   a file that cannot be taken in
│   ├── SourceNotFound         21
│   ├── SourceEmpty            22
│   ├── SourceUnreadable       23
│   ├── SourceEncrypted        24
│   ├── SourceTooLarge         25
│   ├── SourceWithoutPages     26
│   ├── SourceUnsupported      27
│   ├── SourceIncomplete       28   still being written
│   └── SourceTooMany          29   more files than come at once
├── CatalogueError             30
│   ├── ProcedureUnknown       31
│   ├── CatalogueInvalid       32
│   └── CaseUnknown            33   the procedure has no such case
├── ReaderError                40
│   ├── ReaderUnfit            41   its alphabet lacks Vietnamese letters
│   ├── PartMissing            42   a program, font or package is not installed
│   ├── PageTimedOut           43
│   └── PageTooHungry          44   it took more memory than a reading process may have
├── SealError                  50
│   ├── RenditionDiffers       51   the text layer is not what was recognised
│   ├── RenditionInvalid       52   not PDF/A-2b
│   ├── SignerUnavailable      53
│   │   └── PinRefused         49   the token took the PIN for wrong
│   ├── TimestampUnavailable   54   the time stamping service does not answer rightly
│   ├── RevocationUnknown      55   neither OCSP nor a revocation list could be had
│   ├── CertificateRefused     56   revoked, expired, or from nobody we trust
│   └── ClockWrong             57   this machine's clock and the time stamping service's differ
├── StorageError               60
│   ├── SchemaNewer            58   the database was changed by a later release
│   ├── DatabaseUnfit          59   not of a kind, order of letters or encoding that is fit
│   ├── StoreUnreachable       61
│   ├── StoreUnfit             62   no versioning, no object lock
│   ├── StoreConflict          63   other bytes under the same key
│   ├── DiskFull               64
│   ├── NotInArchive           65
│   │   └── EntryUnknown       47   no such entry, lot, page or hold
│   ├── LedgerBroken           66
│   ├── KeyMissing             67   sealed with a key that is not here
│   ├── RetentionStands        68   the law, or a hold, keeps it
│   └── NotOnDesk              69   no such dossier, or one of another counter
├── RegisterError              70
│   └── RegisterUnreachable    71
├── ServiceError               80
│   ├── ServiceUnreachable     81
│   ├── ServiceBusy            82
│   │   ├── BeingSealed        88   papers that came while the dossier is being sealed
│   │   └── AlreadyRunning     98   the resident process has this state folder
│   ├── ChangedMeanwhile       83   somebody else was faster; nothing was overwritten
│   ├── SettingRefused         84   a setting that may not be so, by its name
│   ├── RunGivenUp             85   the process ended over it again and again
│   ├── LeaseLost              86   another process has taken the dossier over
│   ├── PrefectAway            87   what carries runs out does not answer, or not rightly
│   └── CodeTaken              89   the code of a dossier of another procedure
├── ScannerError               90   the sides that came out before it are kept
│   ├── ScannerNotFound        91
│   ├── FeederEmpty            92
│   ├── PaperJam               93
│   ├── CoverOpen              94
│   ├── ScannerBusy            95
│   ├── ScannerLost            96   unplugged, switched off, or silent
│   └── ScannerRefused         97   it cannot do what the profile asks
├── BatchError                100
│   ├── BatchNotFound         101
│   ├── PassesDiffer          102   fronts and backs are not equally many
│   └── BatchEditRefused      103   pages that are not there, a code that is none
├── ClientError               110   another system that calls
│   ├── ClientRefused         111   no such client, or a name that is taken
│   ├── DepositNotFound       112   no such dossier, or another client's or counter's
│   ├── DepositRefused        113   its state does not allow it, or it says something else
│   ├── WebhookRefused        114   an address that may not be called
│   └── SignatureRefused      115   forged, old or replayed
├── ReviewError               120
│   ├── NoticeRefused         118   nothing is missing, or it would ask for what may not be asked for
│   ├── ReviewConflict        119   two clerks, one thing, two values
│   ├── ReviewNotFound        121   no draft of such a dossier
│   ├── ReviewClosed          122   it is being sealed, or is sealed
│   ├── CorrectionRefused     123   a page that is not there, a value that cannot be
│   ├── SealRefused           124   something blocking is open
│   └── NotSeenYet            125   something came to it that the clerk has not seen yet
├── AccountError              130
│   ├── AccountExists         131   the name is taken
│   ├── AccountRefused        132   no such account, or not what an account may be
│   ├── ProviderUnreachable   133   the identity provider does not answer
│   └── ProviderRefused       134   what it said is not believed, or nobody of ours signed in
└── OperatingError            140   backups, moves, disposal
    ├── BackupDamaged         141   torn, or not as it was made
    ├── BackupNewer           142   made by a later version of this product
    ├── TargetNotEmpty        143   something is there that would be overwritten
    ├── MoveUnfinished        144   something could not be carried, or did not arrive
    ├── DisposalRefused       145   not what was decided on
    └── BackupNotFound        146   no backup lies there, or none of that name
"""

from __future__ import annotations

from typing import ClassVar


class SohoaError(Exception):
    """The root of all errors that are not bugs.

    The message says what happened and to which file; `advice` says what to do.
    """

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    advice: ClassVar[str] = ""

    def __init__(self, subject: str, cause: str = "") -> None:
        super().__init__(f"{subject}: {cause}" if cause else subject)
        self.subject = subject
        """The file, code or part that it is about."""
        self.cause = cause
        """What happened, in a few words of English for the log; the console has the Vietnamese."""

    def __reduce__(self) -> tuple[type[SohoaError], tuple[str, str]]:
        """Crosses process borders with both parts."""
        return type(self), (self.subject, self.cause)


class InputRefused(SohoaError):
    """What somebody typed cannot be taken: a date, a code, a name, a reason."""

    exit_code = 18
    advice = "Correct it and run the command again."


class WriteRefused(SohoaError):
    """A file or folder that somebody named to be written cannot be."""

    exit_code = 19
    advice = "Name a folder that is there and that you may write to."


class SourceError(SohoaError):
    """A file cannot be taken in."""

    exit_code = 20
    advice = "The file lies in quarantine, untouched. Scan the paper again."


class SourceNotFound(SourceError):
    """There is no such file."""

    exit_code = 21
    advice = "Check the path."


class SourceEmpty(SourceError):
    """The file has no bytes."""

    exit_code = 22
    advice = "The scanner delivered an empty file. Scan the paper again."


class SourceUnreadable(SourceError):
    """The file is damaged."""

    exit_code = 23


class SourceEncrypted(SourceError):
    """The PDF asks for a password."""

    exit_code = 24
    advice = "Save the document without a password, or scan the paper."


class SourceTooLarge(SourceError):
    """More pixels or pages than the settings allow."""

    exit_code = 25
    advice = "Scan at 300 dpi, or split the file."


class SourceWithoutPages(SourceError):
    """A PDF or TIFF of no pages."""

    exit_code = 26


class SourceUnsupported(SourceError):
    """Neither JPEG, PNG, TIFF nor PDF."""

    exit_code = 27
    advice = "Save as JPEG, PNG, TIFF or PDF."


class SourceIncomplete(SourceError):
    """The file is still being written."""

    exit_code = 28
    retryable = True
    advice = "Wait until the scanner has finished the file."


class SourceTooMany(SourceError):
    """More files than are taken at once."""

    exit_code = 29
    advice = "Bring the others afterwards, under the same code."


class CatalogueError(SohoaError):
    """The catalogue of procedures cannot answer."""

    exit_code = 30


class ProcedureUnknown(CatalogueError):
    """No procedure of this code is in force on that day."""

    exit_code = 31
    advice = "See `sohoa catalogue list`."


class CatalogueInvalid(CatalogueError):
    """A catalogue file breaks the schema."""

    exit_code = 32
    advice = "Correct the named file."


class CaseUnknown(CatalogueError):
    """The procedure has no case of this code."""

    exit_code = 33
    advice = "See `sohoa catalogue show`."


class ReaderError(SohoaError):
    """A reader cannot work."""

    exit_code = 40


class ReaderUnfit(ReaderError):
    """A text reader whose alphabet lacks Vietnamese letters is refused."""

    exit_code = 41
    advice = "Use weights with the whole Vietnamese alphabet."


class PartMissing(ReaderError):
    """A program, font or package is not installed."""

    exit_code = 42
    advice = "See `sohoa doctor`."


class PageTimedOut(ReaderError):
    """A page took longer than the settings allow and was stopped."""

    exit_code = 43
    retryable = True


class PageTooHungry(ReaderError):
    """A page took more memory than a reading process may have and was stopped."""

    exit_code = 44


class SealError(SohoaError):
    """A document cannot be sealed."""

    exit_code = 50


class RenditionDiffers(SealError):
    """The text extracted from the rendition is not the text that was recognised."""

    exit_code = 51


class RenditionInvalid(SealError):
    """The rendition is not valid PDF/A-2b."""

    exit_code = 52


class SignerUnavailable(SealError):
    """The signing identity cannot be used."""

    exit_code = 53
    advice = "Check the token, or the PKCS#12 file and its password."


class PinRefused(SignerUnavailable):
    """The token refused the PIN, which counts as a try on it."""

    exit_code = 49
    advice = "Write the right PIN into its file; it is not tried again before, for the token may lock itself."


class TimestampUnavailable(SealError):
    """The time stamping service does not answer, or not with a time stamp."""

    exit_code = 54
    retryable = True
    advice = "The document is sealed without it, and raised when the service is back."


class RevocationUnknown(SealError):
    """Whether a certificate is revoked could not be found out."""

    exit_code = 55
    retryable = True
    advice = "The document is sealed without it, and raised when the certificate authority answers."


class CertificateRefused(SealError):
    """A certificate is revoked or expired, or leads to no root that is trusted."""

    exit_code = 56
    advice = "Ask the certificate authority; until then this identity must not seal."


class ClockWrong(SealError):
    """This machine's clock and the time stamping service's differ; nothing was sealed."""

    exit_code = 57
    advice = "Set the clock of this machine; the run continues where it stopped."


class StorageError(SohoaError):
    """Something cannot be kept or fetched."""

    exit_code = 60


class SchemaNewer(StorageError):
    """The database was changed by a later release of this product."""

    exit_code = 58
    advice = "Install the release that changed it, or restore a backup from before. Nothing was changed."


class DatabaseUnfit(StorageError):
    """The database is not of a kind, an order of letters or an encoding that this product can work with."""

    exit_code = 59
    advice = "Make it with: createdb --template=template0 --encoding=UTF8 --locale=C NAME"


class StoreUnreachable(StorageError):
    """The archive store does not answer."""

    exit_code = 61
    retryable = True
    advice = "The pages are safe on this machine and will be archived when the store is back."


class StoreUnfit(StorageError):
    """The store lacks something that an archive needs."""

    exit_code = 62
    advice = "Use a store with versioning and object lock."


class StoreConflict(StorageError):
    """Other bytes are already kept under this key; nothing was overwritten."""

    exit_code = 63
    advice = "Give the dossier another code, or look at the one in the archive."


class DiskFull(StorageError):
    """This machine has no room left."""

    exit_code = 64
    retryable = True
    advice = "Free some space; the run continues where it stopped."


class NotInArchive(StorageError):
    """The archive has no such dossier."""

    exit_code = 65


class EntryUnknown(NotInArchive):
    """There is no such entry of the ledger, lot, drawn page or legal hold."""

    exit_code = 47
    advice = "Check the code or the number."


class LedgerBroken(StorageError):
    """The ledger's chain does not hold."""

    exit_code = 66
    advice = "Somebody changed the ledger. Call the administrator."


class KeyMissing(StorageError):
    """Something is sealed with a key that this machine does not have."""

    exit_code = 67
    advice = "Put back the copy of the file of keys; nothing was changed."


class RetentionStands(StorageError):
    """Something may not be erased yet: its retention has not ended, or a legal hold stands."""

    exit_code = 68
    advice = "See the named dossiers, the day and the citation."


class NotOnDesk(StorageError):
    """No such dossier is known, or it is another counter's: whoever asks cannot tell the two apart."""

    exit_code = 69
    advice = "Check the dossier code."


class RegisterError(SohoaError):
    """The residence register cannot be used."""

    exit_code = 70


class RegisterUnreachable(RegisterError):
    """The residence register does not answer."""

    exit_code = 71
    retryable = True


class ServiceError(SohoaError):
    """The resident process cannot be used."""

    exit_code = 80


class ServiceUnreachable(ServiceError):
    """The resident process did not start or does not answer."""

    exit_code = 81
    retryable = True
    advice = "Start it with `sohoa serve` and look at its log."


class ServiceBusy(ServiceError):
    """The same dossier is being digitised right now."""

    exit_code = 82
    retryable = True
    advice = "Wait for the run that is under way."


class BeingSealed(ServiceBusy):
    """Papers came for a dossier that is being sealed; they are read and wait for the end of that."""

    exit_code = 88
    advice = (
        "They go on by themselves when the dossier is sealed, or open again; seal a dossier that stays so."
    )


class AlreadyRunning(ServiceBusy):
    """The resident process runs over this state folder."""

    exit_code = 98
    retryable = False
    advice = "Use the one that runs, or end it with `sohoa stop`."


class ChangedMeanwhile(ServiceError):
    """Somebody else changed the same thing since it was looked at; nothing was overwritten."""

    exit_code = 83
    retryable = True
    advice = "Look at it again, then repeat the change."


class SettingRefused(ServiceError):
    """A setting may not be so; it is named, and nothing was started."""

    exit_code = 84
    advice = "Change the named setting."


class RunGivenUp(ServiceError):
    """The process ended over this dossier again and again, and it is not begun by itself any more."""

    exit_code = 85
    advice = "Look at the log; digitise the dossier again once the cause is known."


class LeaseLost(ServiceError):
    """Another process has taken the dossier over, and what it makes of it counts."""

    exit_code = 86
    retryable = True
    advice = "Ask for the dossier again: the other process's result is told."


class PrefectAway(ServiceError):
    """What carries runs out does not answer, or not rightly; nothing about the dossier is wrong."""

    exit_code = 87
    retryable = True
    advice = "The dossier goes on by itself when Prefect answers."


class CodeTaken(ServiceError):
    """The desk has this code with another procedure, which the cause names, and papers were read under it."""

    exit_code = 89
    advice = "Check the code and the procedure. What was begun under the wrong one is given back first."


class ScannerError(SohoaError):
    """A scanner cannot go on; the sides that came out before are kept."""

    exit_code = 90
    advice = "Look at the scanner; the pages scanned so far are kept."


class ScannerNotFound(ScannerError):
    """No scanner of this name is configured or answers."""

    exit_code = 91
    advice = "See `sohoa scanners`."


class FeederEmpty(ScannerError):
    """No sheet lies in the feeder."""

    exit_code = 92
    advice = "Put the sheets into the feeder."


class PaperJam(ScannerError):
    """A sheet is stuck."""

    exit_code = 93
    advice = "Take the sheet out, put it and those after it back, and continue."


class CoverOpen(ScannerError):
    """The scanner's cover is open."""

    exit_code = 94
    advice = "Close the cover and continue."


class ScannerBusy(ScannerError):
    """Somebody else is scanning."""

    exit_code = 95
    retryable = True
    advice = "Wait a moment and try again."


class ScannerLost(ScannerError):
    """The scanner does not answer any more, or delivered half a picture."""

    exit_code = 96
    advice = "Check plug and power, put the remaining sheets back, and continue."


class ScannerRefused(ScannerError):
    """The scanner cannot do what was asked for."""

    exit_code = 97
    advice = "Choose another profile."


class BatchError(SohoaError):
    """A batch cannot be worked on."""

    exit_code = 100


class BatchNotFound(BatchError):
    """There is no such batch on this machine."""

    exit_code = 101
    advice = "See `sohoa batch list`."


class PassesDiffer(BatchError):
    """As many backs as fronts were expected."""

    exit_code = 102
    advice = "Scan the backs again: a sheet was left out or fed twice."


class BatchEditRefused(BatchError):
    """What was asked names pages that are not there, or no dossier code."""

    exit_code = 103
    advice = "See `sohoa batch show`."


class ClientError(SohoaError):
    """What another system asked for cannot be done."""

    exit_code = 110


class ClientRefused(ClientError):
    """There is no such client, or its name is taken."""

    exit_code = 111
    advice = "See `sohoa client list`."


class DepositNotFound(ClientError):
    """No such dossier, or one of another client or counter; which of them is not told."""

    exit_code = 112


class DepositRefused(ClientError):
    """A dossier that was handed in is in another state, or says something else."""

    exit_code = 113


class WebhookRefused(ClientError):
    """An address that events may not be sent to."""

    exit_code = 114
    advice = "Use https and a public address, or allow its network in SOHOA_WEBHOOK_NETWORKS."


class SignatureRefused(ClientError):
    """A message whose signature is wrong, too old, or was seen before."""

    exit_code = 115


class ReviewError(SohoaError):
    """A draft cannot be worked on that way; nothing of it is lost."""

    exit_code = 120
    advice = "The draft stands as it was."


class ReviewNotFound(ReviewError):
    """There is no draft of such a dossier, or no such page in it."""

    exit_code = 121
    advice = "Check the dossier code; the dossier has to be read first."


class ReviewClosed(ReviewError):
    """The dossier is being sealed, or is sealed."""

    exit_code = 122
    advice = "What is sealed is not corrected; a supplement makes a new package."


class CorrectionRefused(ReviewError):
    """A page or paper that is not there, a kind that is none, a value that cannot be."""

    exit_code = 123
    advice = "See the cause; the draft stands as it was."


class SealRefused(ReviewError):
    """Something blocking is open."""

    exit_code = 124
    advice = "Settle what is blocking, or dismiss it with a reason, then seal."


class NotSeenYet(ReviewError):
    """Something came to the draft that the clerk has not seen yet: an answer of the register, more papers."""

    exit_code = 125
    advice = "Look at what is new, then seal."


class NoticeRefused(ReviewError):
    """Nothing is missing, or the notice would ask for what may not be asked for."""

    exit_code = 118
    advice = "A notice names what the rules ask for and the dossier lacks, and nothing else."


class ReviewConflict(ReviewError):
    """Somebody else changed the same thing since it was looked at; both values are kept."""

    exit_code = 119
    advice = "Look at both values and repeat the change where yours is right."

    def __init__(self, subject: str, cause: str = "", by: str = "", mine: str = "", theirs: str = "") -> None:
        super().__init__(subject, cause)
        self.by = by
        """Account that changed it."""
        self.mine = mine
        """What was to stand there; may be personal data, and never goes into the message."""
        self.theirs = theirs
        """What stands there."""

    def __reduce__(self) -> tuple[type[ReviewConflict], tuple[str, str, str, str, str]]:  # type: ignore[override]
        """Crosses process borders with all parts."""
        return type(self), (self.subject, self.cause, self.by, self.mine, self.theirs)


class AccountError(SohoaError):
    """An account of the console cannot be worked on that way."""

    exit_code = 130
    advice = "See `sohoa account list`."


class AccountExists(AccountError):
    """The name is taken."""

    exit_code = 131
    advice = "Choose another name."


class AccountRefused(AccountError):
    """There is no such account, or it would not be what an account may be."""

    exit_code = 132


class ProviderUnreachable(AccountError):
    """The identity provider does not answer, or not as one."""

    exit_code = 133
    retryable = True
    advice = "Sign in with a local account, or try again."


class ProviderRefused(AccountError):
    """What the identity provider said is not believed, or is about nobody who works here."""

    exit_code = 134
    advice = "Ask the administrator of the provider; see the settings SOHOA_PROVIDER_."


class OperatingError(SohoaError):
    """A machine cannot be backed up, restored, moved or cleared that way."""

    exit_code = 140
    advice = "See docs/runbook.md."


class BackupDamaged(OperatingError):
    """A backup is torn, or is not what was written."""

    exit_code = 141
    advice = "Take the backup before it; `sohoa backup check` tells which are whole."


class BackupNewer(OperatingError):
    """A backup was made by a later version of this product."""

    exit_code = 142
    advice = "Install that version or a later one, and restore with it."


class TargetNotEmpty(OperatingError):
    """Where something shall be restored to, something is already."""

    exit_code = 143
    advice = "Restore into an empty folder, database and store; nothing was changed."


class MoveUnfinished(OperatingError):
    """Something of the archive could not be carried to another store, or did not arrive there whole."""

    exit_code = 144
    advice = "The old store stays the one in use. Run it again once the cause is mended."


class DisposalRefused(OperatingError):
    """A list of dossiers to be disposed of is not one that may be carried out."""

    exit_code = 145
    advice = "Draw the list anew and have it decided on."


class BackupNotFound(OperatingError):
    """A folder holds no backup, or none of that name."""

    exit_code = 146
    advice = "Is the disk plugged in and mounted, and is it this folder? See `sohoa backup list`."
