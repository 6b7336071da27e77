/// Sixteen samples at once: what every processor that StreamTap runs on has a register for.
///
/// For loops over so many rows that the compiler, left to itself, cannot tell that none of them overlap. Only for what
/// becomes one instruction: sums, products, shifts; not the standard library's minimum, selection and widening, which go
/// from lane to lane.
typealias SampleVector = SIMD16<UInt8>

extension SampleVector {
    /// How many samples.
    static let size = 16

    /// The samples from `pointer` on, at any address.
    @inline(__always)
    init(_ pointer: Samples) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: SampleVector.self)
    }

    /// Writes the samples to `pointer` on, at any address.
    @inline(__always)
    func store(_ pointer: MutableSamples) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: SampleVector.self)
    }

    /// Calls `body` with the places where vectors begin that together cover `count` samples, at least 16.
    ///
    /// The last two overlap unless sixteen divides `count`: what `body` writes it must not read.
    @inline(__always)
    static func forEach(_ count: Int, _ body: (Int) -> Void) {
        var x = 0
        while x + size <= count {
            body(x)
            x += size
        }
        if x < count { body(count - size) }
    }
}

/// Sixteen numbers of 16 bits: those at even places and those at odd ones, as a reinterpreted vector has them.
struct SampleHalves {
    var even: SIMD8<UInt16>
    var odd: SIMD8<UInt16>

    @inline(__always)
    init(even: SIMD8<UInt16>, odd: SIMD8<UInt16>) {
        (self.even, self.odd) = (even, odd)
    }

    /// Sixteen samples.
    @inline(__always)
    init(_ samples: SampleVector) {
        // The order of bytes is the same on all processors that Swift runs on.
        let pairs = unsafeBitCast(samples, to: SIMD8<UInt16>.self)
        (even, odd) = (pairs & 255, pairs &>> 8)
    }

    /// The upper eight bits of each.
    @inline(__always)
    var upper: SampleVector { unsafeBitCast((even &>> 8) | (odd & 0xFF00), to: SampleVector.self) }

    /// The lower eight bits of each.
    @inline(__always)
    var lower: SampleVector { unsafeBitCast((even & 255) | (odd &<< 8), to: SampleVector.self) }

    @inline(__always)
    static func &+ (a: SampleHalves, b: SampleHalves) -> SampleHalves {
        SampleHalves(even: a.even &+ b.even, odd: a.odd &+ b.odd)
    }

    @inline(__always)
    static func &* (a: SampleHalves, factor: SIMD8<UInt16>) -> SampleHalves {
        SampleHalves(even: a.even &* factor, odd: a.odd &* factor)
    }
}
