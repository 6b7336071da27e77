/// What is wanted of instances, and kept over a restart of the server.
///
/// `wanted` is what counts. It changes only together with what is handed to the store, without a moment in between, so that
/// the order of both is the same; who has waited for something looks whether it is still what is wanted.
extension InstanceManager {
    /// - Returns: its number.
    func want(_ wish: WantedInstance, isKept: Bool = false) -> UInt64 {
        wishes += 1
        var wish = wish
        wish.number = wishes
        wish.isKept = isKept
        wish.revision = 0
        wanted[wish.record.id] = wish
        return wishes
    }

    func isWanted(_ id: String, _ number: UInt64) -> Bool { wanted[id]?.number == number }

    /// Returns once what is wanted is kept, unless something else is wanted by now.
    ///
    /// - Throws: `ServiceError` `state_full`, `state_unavailable`.
    func keep(_ id: String, _ number: UInt64) async throws(ServiceError) {
        guard let wish = wanted[id], wish.number == number, wish.isRemembered else { return }
        try await memory.store?.make(.save(wish.record))
        if isWanted(id, number) { wanted[id]?.isKept = true }
    }

    /// Somebody has just deleted, or is exchanging, what is called so: returns once the disk has been asked.
    func settled(_ id: String) async throws(ServiceError) {
        if let store = memory.store {
            try await store.make(.probe)
        }
        if let slot = slots[id], wanted[id] == nil, await slot.instance.lifecycle.state == .stopping {
            await slot.life.value
        } else {
            await Task.yield()
        }
    }

    /// Nobody wants it any more.
    func forget(_ instance: Instance) async throws(ServiceError) {
        let id = instance.id
        let before = wanted.removeValue(forKey: id)
        do throws(ServiceError) {
            try await memory.store?.make(.forget(id))
        } catch {
            if let before, wanted[id] == nil, slots[id]?.instance === instance { wanted[id] = before }
            throw error
        }
        if before != nil { note(.deleted, id) }
    }

    /// The film of what was wanted under this number has ended.
    func completed(_ id: String, _ number: UInt64) {
        guard var wish = wanted[id], wish.number == number, wish.isRemembered else { return }
        let time = LoggedEvent.now
        wish.record.completed = time
        wanted[id] = wish
        memory.store?.hand(.completed(id, time))
    }
}
