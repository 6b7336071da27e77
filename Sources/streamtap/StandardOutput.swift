import Foundation
import Server

/// What commands print.
enum StandardOutput {
    /// Writes text as it stands.
    ///
    /// Where nobody reads any more (`streamtap check … | head`), the program ends as others do: by SIGPIPE.
    /// - Throws: `Complaint` when it cannot be written, to a full disk for example.
    static func write(_ text: String) throws { try write(text.utf8) }

    /// Writes bytes as they stand, as text is written.
    ///
    /// - Throws: `Complaint` when they cannot be written.
    static func write(_ bytes: some Sequence<UInt8>) throws {
        guard case .failed(_, let error) = DescriptorOutput.write(Array(bytes), to: STDOUT_FILENO) else { return }
        if error == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        throw Complaint("cannot write to standard output: \(String(cString: strerror(error)))")
    }
}

/// What commands say to the person besides.
enum StandardError {
    /// Writes text as it stands; whether somebody reads it changes nothing.
    static func write(_ text: String) {
        _ = DescriptorOutput.write(Array(text.utf8), to: STDERR_FILENO)
    }
}
