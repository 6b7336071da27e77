/// How much a plan may hold. Exceeding one is a diagnostic (`limit_exceeded`).
public struct PlanLimits: Sendable, Hashable {
    /// UTF-8 bytes of the whole text.
    public var textBytes: Int
    /// Elements, stages, caps filters and taps together.
    public var nodes: Int
    /// Properties of one element, stage or tap.
    public var propertiesPerNode: Int
    /// Elements named `tee`; those that `NAME.` implies are not counted.
    public var tees: Int
    /// Taps, those among them that display sinks become. What viewers want of all of them goes to a worker in one message.
    public var taps: Int

    /// Whether the text comes from the operator's own disk. Other text may hold no `pattern`, since matching one can
    /// take for ever, and its display sinks become taps only where that hides nothing.
    public var isTrusted: Bool

    /// Limits of one's own; `trusted` and `untrusted` are the usual ones.
    public init(textBytes: Int, nodes: Int, propertiesPerNode: Int, tees: Int, taps: Int, isTrusted: Bool = true) {
        self.textBytes = textBytes
        self.nodes = nodes
        self.propertiesPerNode = propertiesPerNode
        self.tees = tees
        self.taps = taps
        self.isTrusted = isTrusted
    }

    /// For plans on the operator's own disk: far beyond what a machine could run.
    public static let trusted = PlanLimits(
        textBytes: 1 << 20, nodes: 4096, propertiesPerNode: 256, tees: 1024, taps: 256)
    /// For plan text that arrives over the network.
    public static let untrusted = PlanLimits(
        textBytes: 8 << 10, nodes: 64, propertiesPerNode: 32, tees: 8, taps: 16, isTrusted: false)
}
