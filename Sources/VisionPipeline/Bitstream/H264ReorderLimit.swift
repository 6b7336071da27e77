internal import WorkerLink

/// Says in a sequence parameter set that pictures are shown in the order in which they are decoded.
///
/// A set that says nothing of it makes decoders wait for as many pictures as their memory holds, sixteen at most, in case one is to be shown before
/// another (H.264, E.2.1: max_num_reorder_frames). Many cameras' sets say nothing.
enum H264ReorderLimit {
    /// - Parameter unit: an access unit as a byte stream.
    /// - Returns: the same with other sets; nil where they say it already, or nobody can tell.
    static func accessUnit(_ unit: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let base = unit.baseAddress else { return nil }
        var written: [UInt8] = []
        var taken = 0
        NALUnits.forEach(in: unit, .byteStream) { part in
            guard let start = part.baseAddress.map({ $0 - base }), let header = part.first else { return true }
            // Slices: nothing follows that is of interest.
            if (1...5).contains(header & 31) { return false }
            guard header & 31 == H264ParameterSet.unitType, let set = parameterSet(part) else { return true }
            written += unit[taken..<start]
            written += set
            taken = start + part.count
            return true
        }
        return taken == 0 ? nil : written + unit[taken...]
    }

    /// - Parameter unit: a NAL unit, header byte first.
    /// - Returns: as `accessUnit`.
    static func parameterSet(_ unit: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let header = unit.first, header & 0x9F == H264ParameterSet.unitType else { return nil }
        // One that decoders might not read to its end is let be.
        guard H264ParameterSet.parse(unit)?.isSound == true else { return nil }
        var payload = UnsafeRawBufferPointer(rebasing: unit.dropFirst()).withoutEmulationPrevention
        while payload.last == 0 { payload.removeLast() }
        var places = H264ParameterSet.Places()
        let parameters = payload.withUnsafeBytes { bytes in
            var reader = BitReader(bytes, isEscaped: false)
            return H264ParameterSet.parse(header, &reader, &places)
        }
        guard parameters?.isSound == true, let usability = places.usability, !places.isRestricted else { return nil }
        var writer = BitWriter()
        writer.copy(0..<usability, of: payload)
        writer.flag(true)
        if let restriction = places.restriction {
            writer.copy(usability + 1..<restriction, of: payload)
        } else {
            // Nothing of shape, overscan, colours, chroma's place, time, rates and fields.
            writer.bits(0, 8)
        }
        writer.flag(true)
        // As they are taken to be where nothing is said: motion vectors over edges; sizes; lengths of vectors.
        writer.flag(true)
        for value: UInt32 in [2, 1, 16, 16] { writer.unsigned(value) }
        // max_num_reorder_frames; max_dec_frame_buffering: no more has to be held than pictures refer to.
        writer.unsigned(0)
        writer.unsigned(places.references)
        return [header] + writer.finished()
    }
}
