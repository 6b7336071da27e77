import Foundation

/// Where a server keeps what it is to know after a restart.
package enum StateLocation: Sendable, Hashable {
    /// Nowhere: what it was told is forgotten when it ends.
    case none
    /// In the directory that somebody has named.
    case named(String)
    /// Nobody has named one: where programs of this user keep such things. Where that can never have been, nothing is kept.
    case standard(String)

    /// Nil: nowhere.
    package var directory: String? {
        switch self {
        case .none: nil
        case .named(let directory), .standard(let directory): directory
        }
    }

    /// The directory that is named, else STREAMTAP_STATE, else systemd's STATE_DIRECTORY, else what the XDG Base Directory
    /// Specification says: `$XDG_STATE_HOME/streamtap`, `~/.local/state/streamtap`.
    ///
    /// - Parameter environment: nil: the process's own.
    package init(directory: String? = nil, environment: [String: String]? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        // systemd separates several by colons; the first is the one that the unit names first.
        let ofUnit = value("STATE_DIRECTORY").flatMap { $0.split(separator: ":").first.map(String.init) }
        if let named = directory ?? value("STREAMTAP_STATE") ?? ofUnit {
            self = .named(named)
        } else if let home = value("XDG_STATE_HOME"), home.hasPrefix("/") {
            self = .standard("\(home)/streamtap")
        } else if let home = value("HOME"), home.hasPrefix("/") {
            self = .standard("\(home)/.local/state/streamtap")
        } else {
            self = .none
        }
    }
}
