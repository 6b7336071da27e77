import CAprilTag

/// The tag families that libapriltag has, by the names that it prints.
enum AprilTagFamily: String, CaseIterable {
    case tag36h11
    case tag36h10
    case tag25h9
    case tag16h5
    case tagStandard41h12
    case tagStandard52h13
    case tagCircle21h7
    case tagCircle49h12
    case tagCustom48h12

    /// The library's description of the family; to be given back to `destroy`.
    func create() -> UnsafeMutablePointer<apriltag_family_t>? {
        switch self {
        case .tag36h11: tag36h11_create()
        case .tag36h10: tag36h10_create()
        case .tag25h9: tag25h9_create()
        case .tag16h5: tag16h5_create()
        case .tagStandard41h12: tagStandard41h12_create()
        case .tagStandard52h13: tagStandard52h13_create()
        case .tagCircle21h7: tagCircle21h7_create()
        case .tagCircle49h12: tagCircle49h12_create()
        case .tagCustom48h12: tagCustom48h12_create()
        }
    }

    func destroy(_ family: UnsafeMutablePointer<apriltag_family_t>) {
        switch self {
        case .tag36h11: tag36h11_destroy(family)
        case .tag36h10: tag36h10_destroy(family)
        case .tag25h9: tag25h9_destroy(family)
        case .tag16h5: tag16h5_destroy(family)
        case .tagStandard41h12: tagStandard41h12_destroy(family)
        case .tagStandard52h13: tagStandard52h13_destroy(family)
        case .tagCircle21h7: tagCircle21h7_destroy(family)
        case .tagCircle49h12: tagCircle49h12_destroy(family)
        case .tagCustom48h12: tagCustom48h12_destroy(family)
        }
    }

    /// The families of a list like `tag36h11,tag25h9`, each once.
    ///
    /// - Throws: `StageError` for an empty list and for a name that is none of ours.
    static func list(_ text: String) throws(StageError) -> [AprilTagFamily] {
        var families: [AprilTagFamily] = []
        for word in text.split(separator: ",") {
            let name = String(word.filter { !$0.isWhitespace })
            if name.isEmpty { continue }
            guard let family = AprilTagFamily(rawValue: name) else {
                let known = allCases.map(\.rawValue).joined(separator: ", ")
                throw StageError(.options, "family: \"\(name)\" is not a tag family; there are \(known)")
            }
            if !families.contains(family) { families.append(family) }
        }
        guard !families.isEmpty else { throw StageError(.options, "family: name at least one, for example tag36h11") }
        return families
    }
}

extension apriltag_family_t {
    /// Bytes of the table in which the library looks up codes with up to `hamming` wrong bits.
    ///
    /// libapriltag 3.3 sizes it as three entries of 16 bytes for each ordered choice of wrong bits.
    func tableBytes(hamming: Int) -> Int {
        let bits = Int(nbits)
        var codes = 1
        if hamming >= 1 { codes += bits }
        if hamming >= 2 { codes += bits * (bits - 1) }
        return Int(ncodes) * codes * 3 * 16
    }
}
