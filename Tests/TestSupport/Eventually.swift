/// A condition that did not come true in time.
public struct Timeout: Error, CustomStringConvertible {
    public let description: String
}

/// Waits until `value` is not nil, and returns it.
///
/// The way for tests to wait for another process: it goes on as soon as the condition holds, and it cannot hang.
/// - Parameters:
///   - what: what is waited for, for the message.
///   - pause: from one look to the next.
///   - evidence: what a person would want to see when it does not come.
/// - Throws: `Timeout`, or what `value` throws.
@discardableResult
public func eventually<T>(
    _ what: String, within limit: Duration = .seconds(10), every pause: Duration = .milliseconds(5),
    evidence: () async -> String = { "" }, isolation: isolated (any Actor)? = #isolation,
    _ value: () async throws -> T?
) async throws -> T {
    let deadline = ContinuousClock.now + limit
    while true {
        if let result = try await value() { return result }
        guard ContinuousClock.now < deadline else {
            let seen = await evidence()
            throw Timeout(description: "not within \(limit): \(what)" + (seen.isEmpty ? "" : "\n\(seen)"))
        }
        try await Task.sleep(for: pause)
    }
}

/// Waits until `condition` holds.
///
/// - Throws: `Timeout`, or what `condition` throws.
public func eventually(
    _ what: String, within limit: Duration = .seconds(10), every pause: Duration = .milliseconds(5),
    evidence: () async -> String = { "" }, isolation: isolated (any Actor)? = #isolation,
    holds condition: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit, every: pause, evidence: evidence) { try await condition() ? true : nil }
}

/// Waits until `condition` holds; where it stands says what it is.
///
/// - Throws: `Timeout`, or what `condition` throws.
public func eventually(
    within limit: Duration = .seconds(20), fileID: String = #fileID, line: Int = #line,
    isolation: isolated (any Actor)? = #isolation, holds condition: () async throws -> Bool
) async throws {
    try await eventually("what \(fileID):\(line) waits for", within: limit, holds: condition)
}
