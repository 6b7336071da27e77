import Foundation
import SystemPackage

/// Where this program lies, and what lies with it: in a directory of builds, or below the prefix that it was installed to.
package enum Installation {
    /// The running program itself.
    ///
    /// The link in /proc is right even where `argv[0]` is a bare name or a symlink.
    static var program: FilePath {
        FilePath(
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments.first ?? "")
    }

    /// Where the worker may be, the nearest first.
    ///
    /// - Parameter program: nil: the running one.
    static func workers(of program: FilePath = program) -> [String] {
        let directory = program.removingLastComponent()
        return [
            directory.appending("streamtap-worker").string,
            directory.removingLastComponent().appending("libexec/streamtap/streamtap-worker").string,
        ]
    }

    /// Where plans are for whom nobody has named a directory: `pipelines` where that is there, as in this repository, else the samples
    /// that were installed with the program.
    package static var plansDirectory: String {
        let here = "pipelines"
        let installed = plans()
        return FileManager.default.fileExists(atPath: here) || !FileManager.default.fileExists(atPath: installed)
            ? here : installed
    }

    /// Sample plans that were installed with the program, where they would be.
    static func plans(of program: FilePath = program) -> String {
        program.removingLastComponent().removingLastComponent().appending("share/streamtap/pipelines").string
    }
}
