import Foundation
import Plans

/// The plans of the plans directory, read from disk when asked for, so that an edited file is seen at once.
package struct PlanLibrary: Sendable {
    /// Directory that holds NAME.plan files.
    package let directory: String

    /// Bytes of a plan file that are read.
    static let longestPlan = 1 << 20
    private static let suffix = ".plan"

    /// The plans of a directory that is read when they are asked for.
    package init(directory: String) {
        self.directory = directory
    }

    /// Names in alphabetical order; a file whose name is no plan name is not listed.
    ///
    /// - Throws: `ServiceError` when the directory cannot be read.
    package func names() throws(ServiceError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasSuffix(Self.suffix) }
                .map { String($0.dropLast(Self.suffix.count)) }
                .filter(PlanName.isValid)
                .sorted()
        } catch {
            throw ServiceError(.plansUnreadable, "the plans directory \(directory) cannot be read")
        }
    }

    /// - Throws: `plan_unknown` when there is no such plan, `plan_unreadable` when its file cannot be read as one.
    package func text(of name: String) throws(ServiceError) -> String {
        // The name is checked before it becomes part of a path.
        guard PlanName.isValid(name) else { throw .unknownPlan(name) }
        let read: [UInt8]?
        do {
            read = try RegularFile.bytes(of: path(of: name), upTo: Self.longestPlan + 1)
        } catch {
            throw .unreadablePlan(name, "")
        }
        guard let bytes = read else { throw .unknownPlan(name) }
        guard bytes.count <= Self.longestPlan else { throw .unreadablePlan(name, ": it is longer than 1 MiB") }
        guard let text = String(data: Data(bytes), encoding: .utf8) else {
            throw .unreadablePlan(name, ": it is not UTF-8")
        }
        return text
    }

    /// - Precondition: it is a valid name.
    func path(of name: String) -> String { "\(directory)/\(name)\(Self.suffix)" }
}
