import Glibc

/// The weights of a gaussian of odd size: whole numbers whose sum is a power of two.
///
/// Up to 9 the weights that OpenCV uses for its default sigma; beyond, sigma = 0.3((size − 1)/2 − 1) + 0.8, rounded
/// from the rim inwards, each rounding error carried to the next weight and the rest to the middle one.
struct GaussianKernel: Hashable {
    /// From the rim to the middle.
    let half: [UInt16]
    /// All weights of the window's side together are two to this, at most 256.
    let bits: UInt32

    var radius: Int { half.count - 1 }

    /// - Parameter size: odd, at least 1.
    init(size: Int) {
        (half, bits) =
            switch size {
            case ...1: ([256], 8)
            // So small that a sum over the whole window has 16 bits.
            case 3: ([1, 2], 2)
            case 5: ([1, 4, 6], 4)
            case 7: ([8, 28, 56, 72], 8)
            case 9: ([4, 13, 30, 51, 60], 8)
            default: (Self.rounded(radius: size / 2), 8)
            }
    }

    private static func rounded(radius: Int) -> [UInt16] {
        let sigma = 0.3 * (Double(radius) - 1) + 0.8
        let exact = (0...radius).map { exp(-Double((radius - $0) * (radius - $0)) / (2 * sigma * sigma)) }
        let sum = 2 * exact.dropLast().reduce(0, +) + 1
        var weights: [UInt16] = []
        var carried = 0.0
        for value in exact.dropLast() {
            let wanted = 256 * value / sum + carried
            let weight = wanted.rounded(.toNearestOrEven)
            carried = wanted - weight
            weights.append(UInt16(weight))
        }
        return weights + [256 - 2 * weights.reduce(0, +)]
    }
}
