internal import CYUV
internal import WorkerLink

/// Makes of a frame what stages ask for: once for all that ask for the same, and nothing where it is that already. Stages get
/// pixels, and those of an upright picture.
///
/// Confined to one chain.
struct FrameConverter {
    /// What a picture was made into. The source is held, so that its address cannot become another picture's.
    private struct Conversion {
        let source: Frame
        let result: Frame
    }

    private var conversions: [Conversion] = []
    private var picture: Conversion?
    private var upright: Conversion?
    private let decoder = FrameDecoder()
    private let pool = FramePool()

    /// - Parameter stage: for the message.
    /// - Throws: `StageError.format` for a JPEG that cannot be decoded.
    mutating func frame(_ frame: Frame, for input: StageInput, in stage: String) throws(StageError) -> Frame {
        let frame = turned(frame.format == .jpeg ? try decoded(frame, for: stage) : frame)
        let format = input.format(for: frame.format)
        let expands = input.luma == .full && frame.colorimetry.range == .limited
        guard expands || format != frame.format else { return frame }
        if !expands, format == .gray8, let luma = frame.luma { return luma }
        for known in conversions where known.result.format == format {
            guard known.result.colorimetry.range == .full || !expands else { continue }
            // What a stage adds to a frame without touching its pixels is no reason to convert these again.
            if known.source === frame { return known.result }
            if known.source.hasSamples(of: frame, planes: format.planeCount) {
                return known.result.with(detections: frame.detections)
            }
        }
        let made = pool.frame(
            from: frame, format: format, colorimetry: expands ? frame.colorimetry.expanded : nil
        ) { target in
            frame.withPlanes { PlaneConversion(from: frame.format, to: format, expands: expands).apply($0, to: target) }
        }
        conversions.append(Conversion(source: frame, result: made))
        return made
    }

    /// A camera's JPEG as pixels, once for all stages behind it.
    private mutating func decoded(_ jpeg: Frame, for stage: String) throws(StageError) -> Frame {
        if let picture, picture.source === jpeg { return picture.result }
        do throws(JPEGError) {
            let made = Conversion(source: jpeg, result: try decoder.decode(jpeg))
            picture = made
            return made.result
        } catch {
            throw .format(jpeg.format, in: stage)
        }
    }

    /// The picture as one looks at it, once for all stages behind it.
    private mutating func turned(_ frame: Frame) -> Frame {
        guard frame.orientation != .upright else { return frame }
        if let upright, upright.source === frame { return upright.result }
        let made = Conversion(source: frame, result: frame.upright(from: pool))
        upright = made
        return made.result
    }

    /// The chain is done with this frame.
    mutating func finish() {
        picture = nil
        upright = nil
        if !conversions.isEmpty { conversions.removeAll(keepingCapacity: true) }
    }
}

extension StageInput {
    /// What a picture becomes: what it is where that will do, else colours in another layout, else luma.
    fileprivate func format(for format: PixelFormat) -> PixelFormat {
        let taken = formats.compactMap { PixelFormat(rawValue: $0.rawValue) }
        if taken.contains(format) { return format }
        let colours = taken.first { $0 != .gray8 }
        return format == .gray8 || !taken.contains(.gray8) ? colours ?? format : .gray8
    }
}

extension Frame {
    /// The same samples at the same place, whatever was found in them; with one plane, luma is all that counts.
    fileprivate func hasSamples(of other: Frame, planes: Int) -> Bool {
        guard format == other.format || planes == 1, colorimetry == other.colorimetry,
            (width, height) == (other.width, other.height)
        else { return false }
        return withPlanes { own in
            other.withPlanes { others in
                (0..<planes).allSatisfy { own[$0].base == others[$0].base && own[$0].stride == others[$0].stride }
            }
        }
    }
}

/// From the planes of one format to those of another.
private struct PlaneConversion {
    let from: PixelFormat
    let to: PixelFormat
    /// From limited range to full.
    let expands: Bool

    func apply(_ source: Planes, to target: MutablePlanes) {
        if expands { LumaRange.expand(source[0], into: target[0]) } else { target[0].copy(source[0]) }
        guard to != .gray8 else { return }
        if from == to {
            for index in 1..<source.count { expandChroma(source[index], into: target[index]) }
            return
        }
        switch from {
        case .gray8, .jpeg:
            for index in 1..<target.count {
                target[index].fill(128)
            }
            return
        case .i420: merge(source[1], source[2], into: target[1])
        case .nv12: split(source[1], into: target[1], target[2])
        }
        for index in 1..<target.count { expandChroma(target[index].readOnly, into: target[index]) }
    }

    /// In place where both are the same.
    private func expandChroma(_ source: Plane, into target: MutablePlane) {
        if expands {
            LumaRange.expandChroma(source, into: target)
        } else if source.samples != target.readOnly.samples {
            target.copy(source)
        }
    }

    private func merge(_ u: Plane, _ v: Plane, into target: MutablePlane) {
        MergeUVPlane(
            u.samples, Int32(clamping: u.stride), v.samples, Int32(clamping: v.stride), target.base,
            Int32(clamping: target.stride), Int32(clamping: u.width), Int32(clamping: u.height))
    }

    private func split(_ source: Plane, into u: MutablePlane, _ v: MutablePlane) {
        SplitUVPlane(
            source.samples, Int32(clamping: source.stride), u.base, Int32(clamping: u.stride), v.base,
            Int32(clamping: v.stride), Int32(clamping: u.width), Int32(clamping: u.height))
    }
}
