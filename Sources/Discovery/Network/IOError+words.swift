import Glibc
import NIOCore

extension IOError {
    /// What the system says of it, without the call that it came of: `Connection refused`.
    var inWords: String { String(cString: strerror(errnoCode)) }
}
