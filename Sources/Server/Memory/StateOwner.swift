import Foundation
import SystemPackage

#if canImport(Glibc)
import Glibc
#endif

/// Whose a directory of state is.
package enum StateOwner {
    /// Makes root whoever the directory belongs to, for all that this process does from here on: files that root made in a server's
    /// directory would be closed to the server.
    ///
    /// - Throws: `ServiceError` `configuration` where the kernel does not let it.
    package static func become(ownerOf directory: String) throws(ServiceError) {
        guard geteuid() == 0, let status = try? Stat(FilePath(directory)), status.userID.rawValue != 0 else { return }
        guard setgroups(0, nil) == 0, setegid(status.groupID.rawValue) == 0, seteuid(status.userID.rawValue) == 0 else {
            throw .configuration(
                "\(directory) belongs to user \(status.userID.rawValue), whom root cannot become here: "
                    + String(cString: strerror(errno)))
        }
    }
}
