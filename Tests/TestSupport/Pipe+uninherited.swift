public import Foundation
import Glibc

extension Pipe {
    /// One that no program inherits which another thread starts meanwhile: who reads it would wait for that one's end, too.
    public static func uninherited() -> Pipe {
        let pipe = Pipe()
        for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }
}
