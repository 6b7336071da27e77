/// Pictures, each whole by itself, that say they are larger than allowed: whether a source gives nothing else.
///
/// One may be damaged, and claim any size. A camera that has such pictures says the same again and again.
struct OversizedPictures: Hashable, Sendable {
    /// So many of one size, and none of an allowed one before them, are what it sends.
    private static let patience = 3

    private var size: CodedSize?
    private var count = 0
    /// One of an allowed size has come.
    private(set) var hasAccepted = false

    /// What it sends, where there is nothing to go on with.
    var excess: CodedSize? { count >= Self.patience ? size : nil }

    mutating func accept() {
        hasAccepted = true
        count = 0
    }

    mutating func refuse(_ size: CodedSize) {
        guard !hasAccepted, excess == nil else { return }
        count = size == self.size ? count + 1 : 1
        self.size = size
    }
}
