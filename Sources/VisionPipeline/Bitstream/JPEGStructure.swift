internal import Glibc

/// How a JPEG picture is put together, found without decoding it (ITU-T T.81, annex B).
struct JPEGStructure: Hashable, Sendable {
    var width: Int
    var height: Int
    var size: CodedSize { CodedSize(width: width, height: height) }
    /// Bits a sample.
    var precision: Int
    var process: Process
    var components: [Component]
    /// Times that the picture is gone through; a baseline picture has one, or one a component.
    var scans: Int
    /// Whether every Huffman table that a scan names is there; many USB cameras leave out the usual ones (T.81, K.3).
    var hasHuffmanTables: Bool
    /// Adobe's APP14 colour transform: 0 as it is (RGB, CMYK), 1 YCbCr, 2 YCCK; nil: not said.
    var adobeTransform: Int?
    var hasJFIF: Bool
    /// How it lies, by Exif; its `place` counts from the beginning of all bytes.
    var exif: ExifOrientation?
    /// The same, 1…8; 1 is upright.
    var orientation: Int { exif?.value ?? 1 }
    /// Width to height of its pixels, where JFIF gives that instead of a density for printing.
    var pixelAspect: SampleAspectRatio?
    /// Whether EOI is there; what has none was cut, or comes from a camera that sends none.
    var hasEnd: Bool
    /// From SOI to the end of EOI: what comes before and behind is not the picture's.
    var bytes: Range<Int>

    /// How the picture is coded, by its frame header.
    enum Process: Hashable, Sendable {
        case baseline, extended, progressive
        /// Lossless, hierarchical or arithmetic: no camera's, and no decoder here takes it.
        case other
    }

    struct Component: Hashable, Sendable {
        var identifier: UInt8
        /// Samples across and down, relative to the other components.
        var across: Int
        var down: Int
    }

    /// Why bytes are no picture that can be used.
    enum Problem: Error, Hashable {
        /// There is no SOI, no frame header or no scan; or a marker's length leads nowhere.
        case malformed
        /// It stops before EOI: a transfer was cut.
        case truncated
        /// More scans than `scanLimit`: each costs a decoder the whole picture's time.
        case tooManyScans
    }

    /// More than progressive pictures of any encoder have (libjpeg's own script: 10, mozjpeg up to 64).
    private static let scanLimit = 100

    /// - Parameter needsEnd: whether a picture without EOI is `truncated`.
    init(_ all: UnsafeRawBufferPointer, needsEnd: Bool = true) throws(Problem) {
        guard let start = Self.startOfImage(all) else { throw .malformed }
        var reader = Reader(all, at: start + 2)
        var frame: (process: Process, header: Int)?
        var tables: Set<UInt8> = []
        (hasJFIF, hasHuffmanTables, hasEnd, scans) = (false, true, true, 0)
        var hasExif = false
        (width, height, precision, process, components) = (0, 0, 0, .other, [])
        while true {
            guard let marker = reader.nextMarker() else {
                guard scans > 0, !needsEnd else { throw scans > 0 || frame != nil ? .truncated : .malformed }
                hasEnd = false
                break
            }
            if marker == 0xD9 { break }
            if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
            guard let body = reader.segment() else { throw frame == nil ? .malformed : .truncated }
            switch marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard frame == nil, body.count >= 6 else { throw .malformed }
                process =
                    switch marker {
                    case 0xC0: .baseline
                    case 0xC1: .extended
                    case 0xC2: .progressive
                    default: .other
                    }
                frame = (process, reader.place)
                precision = Int(body[0])
                height = Int(body[1]) << 8 | Int(body[2])
                width = Int(body[3]) << 8 | Int(body[4])
                let count = Int(body[5])
                guard width > 0, height > 0, (1...4).contains(count), body.count >= 6 + 3 * count else {
                    throw .malformed
                }
                components = (0..<count).map { index in
                    let sampling = body[7 + 3 * index]
                    return Component(
                        identifier: body[6 + 3 * index], across: Int(sampling >> 4), down: Int(sampling & 15))
                }
                guard components.allSatisfy({ (1...4).contains($0.across) && (1...4).contains($0.down) }) else {
                    throw .malformed
                }
            case 0xC4: Self.noteTables(body, &tables)
            case 0xDA:
                guard frame != nil, let count = body.first.map({ Int($0) }), body.count >= 4 + 2 * count else {
                    throw .malformed
                }
                scans += 1
                guard scans <= Self.scanLimit else { throw .tooManyScans }
                if !Self.hasTables(body, count, process, tables) { hasHuffmanTables = false }
                reader.skipEntropyCoded()
            case 0xE0 where body.starts(with: Array("JFIF\0".utf8)):
                hasJFIF = true
                pixelAspect = Self.pixelAspect(body)
            // Of several the first counts, as in browsers.
            case 0xE1 where !hasExif && ExifOrientation.isExif(body):
                hasExif = true
                exif = ExifOrientation(body)
                exif?.place += reader.place - body.count
            case 0xEE: if body.count >= 12, body.starts(with: Array("Adobe".utf8)) { adobeTransform = Int(body[11]) }
            default: break
            }
        }
        guard scans > 0 else { throw .malformed }
        bytes = start..<(hasEnd ? reader.place : all.count)
    }

    /// Where SOI stands; cameras put a few bytes before it at most.
    private static func startOfImage(_ all: UnsafeRawBufferPointer) -> Int? {
        let last = min(all.count - 4, 64)
        guard last >= 0 else { return nil }
        return (0...last).first { all[$0] == 0xFF && all[$0 + 1] == 0xD8 && all[$0 + 2] == 0xFF }
    }

    /// JFIF's density in units of 0 (T.871, 10.1); square ones are not worth a word.
    private static func pixelAspect(_ body: UnsafeRawBufferPointer) -> SampleAspectRatio? {
        guard body.count >= 12, body[7] == 0 else { return nil }
        let (across, down) = (Int(body[8]) << 8 | Int(body[9]), Int(body[10]) << 8 | Int(body[11]))
        guard across > 0, down > 0, across != down else { return nil }
        return SampleAspectRatio(width: across, height: down)
    }

    /// The classes and numbers that a DHT segment defines.
    private static func noteTables(_ body: UnsafeRawBufferPointer, _ tables: inout Set<UInt8>) {
        var place = 0
        while place + 17 <= body.count {
            tables.insert(body[place])
            place += 17 + body[place + 1..<place + 17].reduce(0) { $0 + Int($1) }
        }
    }

    private static func hasTables(
        _ body: UnsafeRawBufferPointer, _ count: Int, _ process: Process, _ tables: Set<UInt8>
    ) -> Bool {
        // A progressive scan needs those of its kind alone, and no camera makes one without.
        guard process != .progressive else { return !tables.isEmpty }
        return (0..<count).allSatisfy { index in
            let numbers = body[2 + 2 * index]
            return tables.contains(numbers >> 4) && tables.contains(0x10 | numbers & 15)
        }
    }
}

extension JPEGStructure {
    /// Goes from marker to marker.
    private struct Reader {
        private let all: UnsafeRawBufferPointer
        private(set) var place: Int

        init(_ all: UnsafeRawBufferPointer, at place: Int) {
            self.all = all
            self.place = place
        }

        /// Past bytes that no marker begins with, which some cameras put between segments, and fill bytes.
        mutating func nextMarker() -> UInt8? {
            while place + 1 < all.count {
                let next = all[place + 1]
                if all[place] == 0xFF, next != 0, next != 0xFF {
                    place += 2
                    return next
                }
                place += 1
            }
            return nil
        }

        /// What follows a marker's length; nil when that leads past the end.
        mutating func segment() -> UnsafeRawBufferPointer? {
            guard place + 2 <= all.count else { return nil }
            let length = Int(all[place]) << 8 | Int(all[place + 1])
            guard length >= 2, place + length <= all.count else { return nil }
            defer { place += length }
            return UnsafeRawBufferPointer(rebasing: all[place + 2..<place + length])
        }

        /// To the marker that ends a scan. All of it is looked at: behind a cut picture another may begin, in the same buffer.
        mutating func skipEntropyCoded() {
            while let base = all.baseAddress, place + 1 < all.count,
                let found = memchr(base + place, 0xFF, all.count - place - 1)
            {
                place = base.distance(to: UnsafeRawPointer(found))
                let next = all[place + 1]
                // Stuffed zeros, restarts and fill bytes are part of the scan.
                if next == 0 || (0xD0...0xD7).contains(next) {
                    place += 2
                } else if next == 0xFF {
                    place += 1
                } else {
                    return
                }
            }
            place = all.count
        }
    }
}
