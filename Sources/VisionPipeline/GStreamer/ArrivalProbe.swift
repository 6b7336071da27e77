internal import Synchronization

/// Tells whether anything has come to some pads yet; once it has, it costs nothing any more.
final class ArrivalProbe: Sendable {
    private let come = Atomic<Bool>(false)

    /// Nil where there are no pads.
    init?(at pads: [ElementPad]) {
        guard !pads.isEmpty else { return nil }
        for pad in pads {
            pad.probe([.buffers, .bufferLists]) { [self] _ in
                come.store(true, ordering: .releasing)
                return .done
            }
        }
    }

    var hasCome: Bool { come.load(ordering: .acquiring) }
}
