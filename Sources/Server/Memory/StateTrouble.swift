import Foundation
import GRDB

/// Why something cannot be kept.
struct StateTrouble: Error, Sendable, Hashable {
    /// For people: `no space left on device`. Names no path: answers go to whoever reaches the port.
    var words: String
    /// There would be room again if somebody made some.
    var isFull = false

    init(_ words: String, isFull: Bool = false) {
        self.words = words
        self.isFull = isFull
    }

    init(errno number: CInt) {
        self.init(
            String(cString: strerror(number)).lowercased(), isFull: number == ENOSPC || number == EDQUOT)
    }

    init(_ error: any Error) {
        switch error {
        case let error as StateTrouble:
            self = error
        case DatabaseFile.Failure.unavailable(let trouble):
            self = trouble
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self.init("no space left on device", isFull: true)
            case .SQLITE_READONLY: self.init("it can only be read")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init("its file is broken; the next start sets it aside")
            case .SQLITE_CANTOPEN, .SQLITE_PERM: self.init("its file cannot be opened")
            default: self.init(error.message ?? "SQLite error \(error.extendedResultCode.rawValue)")
            }
        case let error as CocoaError where error.code == .fileWriteOutOfSpace:
            self.init("no space left on device", isFull: true)
        case let error as CocoaError:
            if let underlying = error.underlying as? POSIXError {
                self.init(errno: underlying.code.rawValue)
            } else {
                self.init("its directory cannot be made")
            }
        default:
            self.init("\(error)")
        }
    }

    /// As an answer to whoever wants something kept.
    var answer: ServiceError {
        isFull
            ? ServiceError(.stateFull, "this could not be kept over a restart, so it is refused: \(words)")
            : ServiceError(.stateUnavailable, "this could not be kept over a restart, so it is refused: \(words)")
    }
}
