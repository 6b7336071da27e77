/// The row loops of a gaussian. Sizes 3 and 5 have weights in 1/4 and 1/16, small enough for 16 bits to the end.
struct GaussianRow {
    let kernel: GaussianKernel
    /// Samples in a row.
    let width: Int
    let channels: Int

    /// Copies a row and mirrors its ends: `radius` pixels on each side.
    func pad(_ source: UnsafePointer<UInt8>, into padded: UnsafeMutablePointer<UInt8>) {
        let pixels = width / channels
        let middle = padded + kernel.radius * channels
        middle.update(from: source, count: width)
        guard kernel.radius > 0 else { return }
        for step in 1...kernel.radius {
            let left = reflected(-step, pixels) * channels
            let right = reflected(pixels - 1 + step, pixels) * channels
            for channel in 0..<channels {
                middle[channel - step * channels] = source[left + channel]
                middle[(pixels - 1 + step) * channels + channel] = source[right + channel]
            }
        }
    }

    /// - Parameter source: the first sample of a padded row.
    func across(_ source: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt16>) {
        let step = channels
        switch kernel.radius {
        case 1:
            let (left, right) = (source - step, source + step)
            for x in 0..<width {
                target[x] = UInt16(left[x]) &+ UInt16(right[x]) &+ UInt16(source[x]) &* 2
            }
        case 2:
            let (farLeft, left, right, farRight) = (source - 2 * step, source - step, source + step, source + 2 * step)
            for x in 0..<width {
                let far = UInt16(farLeft[x]) &+ UInt16(farRight[x])
                let near = UInt16(left[x]) &+ UInt16(right[x])
                target[x] = far &+ near &* 4 &+ UInt16(source[x]) &* 6
            }
        default:
            let middle = kernel.half[kernel.radius]
            for x in 0..<width { target[x] = UInt16(source[x]) &* middle }
            for index in 0..<kernel.radius {
                let weight = kernel.half[index]
                let distance = (kernel.radius - index) * step
                let (left, right) = (source - distance, source + distance)
                for x in 0..<width {
                    target[x] &+= (UInt16(left[x]) &+ UInt16(right[x])) &* weight
                }
            }
        }
    }

    /// - Parameter row: the filtered row at an offset from this one, -radius…radius.
    func down(
        to target: UnsafeMutablePointer<UInt8>, sums: UnsafeMutablePointer<UInt32>,
        row: (Int) -> UnsafePointer<UInt16>
    ) {
        switch kernel.radius {
        case 1:
            let (above, here, below) = (row(-1), row(0), row(1))
            for x in 0..<width {
                let sum = above[x] &+ below[x] &+ here[x] &* 2
                target[x] = UInt8(truncatingIfNeeded: (sum &+ 8) >> 4)
            }
        case 2:
            let (farAbove, above, here, below, farBelow) = (row(-2), row(-1), row(0), row(1), row(2))
            for x in 0..<width {
                let far = farAbove[x] &+ farBelow[x]
                let sum = far &+ (above[x] &+ below[x]) &* 4 &+ here[x] &* 6
                target[x] = UInt8(truncatingIfNeeded: (sum &+ 128) >> 8)
            }
        default:
            let middle = UInt32(kernel.half[kernel.radius])
            let here = row(0)
            for x in 0..<width { sums[x] = UInt32(here[x]) &* middle &+ 32768 }
            for index in 0..<kernel.radius {
                let weight = UInt32(kernel.half[index])
                let distance = kernel.radius - index
                let (above, below) = (row(-distance), row(distance))
                for x in 0..<width {
                    sums[x] &+= UInt32(above[x]) &* weight &+ UInt32(below[x]) &* weight
                }
            }
            for x in 0..<width { target[x] = UInt8(truncatingIfNeeded: sums[x] >> 16) }
        }
    }
}
