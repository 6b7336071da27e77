import Foundation
import TestSupport
import Testing

/// A fault from its cause to its end.
struct Fault: Sendable {
    /// Of the forty.
    var number: String
    /// In words.
    var injected: String
    /// What is to be seen of it: a state, and why.
    var state = "retrying"
    var reasons: Set<String>
    /// Seconds on a machine that does nothing else; nil: nothing is promised.
    var seenWithin: Double?
    /// From the end of its cause, without the wait between two tries.
    var overWithin: Double?
    /// Seconds to wait for it at the most.
    var patience = 40.0
}

extension Scene {
    /// Does it, waits until it is seen, mends it and waits until there are pictures again; and writes that down.
    ///
    /// - Parameters:
    ///   - inject: returns once it is done.
    ///   - mend: takes the cause away; nil: it goes by itself, and its end counts from its beginning.
    /// - Returns: what was seen.
    @discardableResult
    func suffer(
        _ fault: Fault, inject: () async throws -> Void, mend: ((Event) async throws -> Void)? = nil,
        note: (Event) -> String = { _ in "" }
    ) async throws -> Event {
        let start = Date()
        try await inject()
        return try await suffer(fault, from: start, mend: mend, note: note)
    }

    /// The same of one that has happened.
    @discardableResult
    func suffer(
        _ fault: Fault, from start: Date, mend: ((Event) async throws -> Void)? = nil,
        note: (Event) -> String = { _ in "" }
    ) async throws -> Event {
        let (state, reasons) = (fault.state, fault.reasons)
        let seen = try await event("\(state), \(reasons)", from: start, within: fault.patience) {
            $0.state == state && reasons.contains($0.reason ?? "")
        }
        let seenAfter = seen.at.timeIntervalSince(start)
        if let limit = fault.seenWithin {
            #expect(seenAfter < Form.slack(limit), "case \(fault.number): seen after \(seenAfter.asSeconds)")
        }
        var row = FaultTable.Row(number: fault.number, injected: fault.injected)
        row.seen = Self.told(seenAfter, fault.seenWithin)
        row.outcome = "\(seen.state), \(seen.reason ?? "–")\(note(seen))"
        try await mend?(seen)
        var (mended, wait) = (start, 0.0)
        if mend != nil {
            mended = Date()
            wait = try await self.wait(at: mended)
        }
        let over = try await event("is over", from: mend == nil ? seen.at : mended, within: fault.patience + wait) {
            $0.state == "running"
        }
        let overAfter = over.at.timeIntervalSince(mended)
        if let limit = fault.overWithin {
            #expect(overAfter - wait < Form.slack(limit), "case \(fault.number): over after \(overAfter.asSeconds)")
        }
        row.over =
            Self.told(overAfter, fault.overWithin)
            + (wait > 0 ? ", \(min(wait, overAfter).asSeconds) of it waiting" : "")
        try await FaultTable.shared.add(row)
        _ = try await server.snapshot(id, "live")
        // Nobody else has noticed.
        let others = try await server.http.get("/api/vp/instances/bystander")
        if others.status == 200 {
            #expect(
                others.json["restarts"] as? Int == 0 && others.json["state"] as? String == "running", "\(others.text)")
        }
        return seen
    }

    private static func told(_ seconds: Double, _ limit: Double?) -> String {
        seconds.asSeconds + (limit.map { " (≤ \($0 == $0.rounded() ? "\(Int($0))" : "\($0)"))" } ?? "")
    }

    /// What `DELETE` costs, and how long its worker goes on; only of a server that has no other.
    func stops() async throws -> (answered: Double, gone: Double) {
        let workers = server.workers
        let start = Date()
        _ = try await server.http.delete("/api/vp/instances/\(id)")
        let answered = Date().timeIntervalSince(start)
        try await eventually("the worker of \(id) is gone", within: .seconds(20)) {
            !workers.contains(where: ProcessTable.isRunning)
        }
        let gone = Date().timeIntervalSince(start)
        #expect(answered < Form.slack(0.2) && gone < Form.slack(5), "\(id): \(answered), \(gone)")
        return (answered, gone)
    }
}
