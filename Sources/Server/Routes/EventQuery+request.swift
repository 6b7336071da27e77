import Foundation
import HTTPTypes
import Hummingbird

extension EventQuery {
    /// - Throws: `ServiceError` `parameter_invalid`.
    init(_ parameters: [(name: String, value: String)]) throws(ServiceError) {
        self.init()
        for (name, value) in parameters {
            switch name {
            case "instance":
                instance = value
            case "since":
                since = try Start(value)
            case "limit":
                guard let limit = Int(value), (1...Self.highestLimit).contains(limit) else {
                    throw ServiceError(.parameterInvalid, "limit is a whole number from 1 to \(Self.highestLimit)")
                }
                self.limit = limit
            default:
                throw ServiceError(
                    .parameterInvalid, "'\(name.prefix(80))' means nothing here; there are instance, since and limit")
            }
        }
    }
}

extension EventQuery.Start {
    /// - Throws: `ServiceError` `parameter_invalid`.
    fileprivate init(_ text: String) throws(ServiceError) {
        if let id = Int64(text), id >= 0 {
            self = .id(id)
            return
        }
        // A plus sign that was not escaped is a space.
        let instant = text.replacing(" ", with: "+")
        guard let date = Instant.date(instant),
            let time = Int64(exactly: (date.timeIntervalSince1970 * 1_000_000).rounded())
        else { throw .invalidInstant(text) }
        self = .time(time)
    }
}

extension Request {
    /// Whether one of these media types is asked for.
    func accepts(_ types: String...) -> Bool {
        headers[values: .accept].flatMap { $0.split(separator: ",") }.contains { type in
            let parts = type.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            return parts.first.map(types.contains) == true && !parts.contains("q=0")
        }
    }
}
