import Foundation
import HTTPTypes

extension HTTPFields {
    /// Whether the client has what this tag stands for (RFC 9110, 13.1.2).
    func knows(_ tag: String) -> Bool {
        self[values: .ifNoneMatch].joined(separator: ",").split(separator: ",").contains {
            var known = $0.trimmingCharacters(in: .whitespaces)[...]
            if known.hasPrefix("W/") { known = known.dropFirst(2) }
            return known == tag || known == "*"
        }
    }
}
