import Plans
import Synchronization

/// What there is to be said of all plans, worked out again only for those whose files have changed.
final class PlanCatalog: Sendable {
    /// One plan as it is listed.
    struct Summary: Sendable, Encodable {
        var name: String
        var title: String?
        var parameters: [ParameterDeclaration]
        var taps: [String]
        /// Why the plan cannot run; empty for a sound one.
        var diagnostics: [Diagnostic]
    }

    /// All plans, by name.
    struct Listing: Sendable {
        /// Another one where anything about any plan is.
        var version: UInt64
        /// A JSON array of summaries.
        var json: String
    }

    private struct Entry {
        var stamp: FileStamp
        /// It was read long enough after it was written: clocks of file systems tick coarsely.
        var isSettled: Bool
        var summary: Summary?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var listing: Listing?
    }

    let library: PlanLibrary
    private let state = Mutex(State())

    init(library: PlanLibrary) {
        self.library = library
    }

    /// - Throws: `ServiceError` when the directory cannot be read.
    func listing() throws(ServiceError) -> Listing {
        let names = try library.names()
        return state.withLock { state in
            let isNew = update(&state.entries, names)
            if let listing = state.listing, !isNew { return listing }
            let json = JSONText.encode(names.compactMap { state.entries[$0]?.summary })
            guard json != state.listing?.json else { return state.listing ?? Listing(version: 0, json: json) }
            let listing = Listing(version: (state.listing?.version ?? 0) + 1, json: json)
            state.listing = listing
            return listing
        }
    }

    /// - Returns: whether anything is different.
    private func update(_ entries: inout [String: Entry], _ names: [String]) -> Bool {
        var isNew = false
        let gone = Set(entries.keys).subtracting(names)
        for name in gone {
            entries[name] = nil
            isNew = true
        }
        for name in names {
            guard let stamp = FileStamp(of: library.path(of: name)) else {
                // It was deleted since, and is no plan any more.
                if entries.removeValue(forKey: name) != nil { isNew = true }
                continue
            }
            if let known = entries[name], known.stamp == stamp, known.isSettled { continue }
            // Before it is read: what is written meanwhile is read again.
            entries[name] = Entry(stamp: stamp, isSettled: stamp.isSettled, summary: summary(name))
            isNew = true
        }
        return isNew
    }

    /// One that does not parse is shown with what is wrong; nil for one that cannot be read.
    private func summary(_ name: String) -> Summary? {
        guard let text = try? library.text(of: name) else { return nil }
        let redaction = Redaction(planText: text)
        do throws(PlanError) {
            let plan = try Plan(parsing: text)
            return Summary(
                name: name, title: plan.title.map(redaction.apply), parameters: plan.shownParameters,
                taps: plan.graph.sideTaps.map(\.nodeID), diagnostics: [])
        } catch {
            return Summary(name: name, parameters: [], taps: [], diagnostics: redaction.apply(to: error.diagnostics))
        }
    }
}
