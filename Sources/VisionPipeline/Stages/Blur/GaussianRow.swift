/// The row loops of a gaussian. Sizes 3 and 5 have weights in 1/4 and 1/16, small enough for 16 bits to the end; the
/// others keep the upper and the lower eight bits of a sum apart, so that 16 bits are enough for them too.
struct GaussianRow {
    let kernel: GaussianKernel
    /// Samples in a row.
    let width: Int
    let channels: Int
    /// Samples from a filtered row's upper halves to its lower ones; sizes 3 and 5 have 16-bit sums instead.
    let rowStride: Int

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

    /// - Parameter source: the first sample of a padded row, readable for a vector behind its end.
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
            let upper = UnsafeMutableRawPointer(target).assumingMemoryBound(to: UInt8.self)
            kernel.vectors.withUnsafeBufferPointer { weights in
                let radius = weights.count - 1
                for x in Swift.stride(from: 0, to: width, by: SampleVector.size) {
                    let here = source + x
                    // At most 255 · 256.
                    var sum = SampleHalves(SampleVector(here)) &* weights[radius]
                    for index in 0..<radius {
                        let distance = (radius &- index) &* step
                        let pair =
                            SampleHalves(SampleVector(here - distance)) &+ SampleHalves(SampleVector(here + distance))
                        sum = sum &+ pair &* weights[index]
                    }
                    sum.upper.store(upper + x)
                    sum.lower.store(upper + rowStride + x)
                }
            }
        }
    }

    /// - Parameters:
    ///   - narrow: room for a vector, for a target that is narrower.
    ///   - row: the filtered row at an offset from this one, -radius…radius.
    func down(
        to target: UnsafeMutablePointer<UInt8>, narrow: UnsafeMutablePointer<UInt8>,
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
            downHalves(to: target, narrow: narrow) { offset in
                UnsafeRawPointer(row(offset)).assumingMemoryBound(to: UInt8.self)
            }
        }
    }

    private func downHalves(
        to target: UnsafeMutablePointer<UInt8>, narrow: UnsafeMutablePointer<UInt8>,
        row: (Int) -> UnsafePointer<UInt8>
    ) {
        let radius = kernel.radius
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt8>.self, capacity: 2 * radius + 1) { rows in
            for index in 0...2 * radius { rows.initializeElement(at: index, to: row(index - radius)) }
            kernel.vectors.withUnsafeBufferPointer { weights in
                let out = width < SampleVector.size ? narrow : target
                SampleVector.forEach(max(width, SampleVector.size)) { x in
                    @inline(__always)
                    func half(_ index: Int, _ offset: Int) -> SampleHalves {
                        SampleHalves(SampleVector(rows[index] + (x &+ offset)))
                    }
                    var upper = half(radius, 0) &* weights[radius]
                    var lower = half(radius, rowStride) &* weights[radius]
                    for index in 0..<radius {
                        let mirror = 2 &* radius &- index
                        upper = upper &+ (half(index, 0) &+ half(mirror, 0)) &* weights[index]
                        lower = lower &+ (half(index, rowStride) &+ half(mirror, rowStride)) &* weights[index]
                    }
                    // ⌊(256 · upper + lower + 2¹⁵) / 2¹⁶⌋, without the bits that the sum would need.
                    let even = upper.even &+ (lower.even &>> 8) &+ 128
                    let odd = upper.odd &+ (lower.odd &>> 8) &+ 128
                    SampleHalves(even: even, odd: odd).upper.store(out + x)
                }
                if width < SampleVector.size { target.update(from: narrow, count: width) }
            }
        }
    }
}
