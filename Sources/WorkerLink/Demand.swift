/// The complete set of what is wanted of a worker. It replaces the one before, and is sent again after a restart.
public struct Demand: Hashable, Sendable, Codable {
    /// Grows with every change.
    public var generation: UInt64
    /// What is wanted, in any order; a variant may stand here more than once.
    public var wanted: [WantedVariant]
    /// Ids of taps whose coded video is wanted as it is: from the last keyframe on, and then each access unit.
    public var units: [String]

    /// Nobody looks.
    public var isEmpty: Bool { wanted.isEmpty && units.isEmpty }

    /// Everything that is wanted now; nothing when left out.
    public init(generation: UInt64 = 0, wanted: [WantedVariant] = [], units: [String] = []) {
        self.generation = generation
        self.wanted = wanted
        self.units = units
    }
}

/// One variant of one tap that somebody wants.
public struct WantedVariant: Hashable, Sendable, Codable {
    /// The tap's id.
    public var tap: String
    /// How its frames are to be encoded.
    public var variant: Variant
    /// The highest rate any viewer asked for, in frames per second; nil means every frame; 0 means no stream.
    public var stream: Double?
    /// A picture is wanted once: the worker answers with the newest frame, however old, as soon as it has seen a
    /// higher number here than any it answered for this tap and variant. 0 means never.
    public var once: UInt64

    /// One variant of a tap: as a stream, once, or both.
    public init(tap: String, variant: Variant, stream: Double?, once: UInt64 = 0) {
        self.tap = tap
        self.variant = variant
        self.stream = stream
        self.once = once
    }
}
