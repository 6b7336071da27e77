import CAprilTag

/// Tag families with libapriltag's tables of corrected codes, for any number of detectors on any threads: they only read them.
///
/// A table belongs to the detector in the library's eyes (3.3): the first one that a family is given to makes it, and whichever is
/// destroyed first frees it. So one detector that never looks at a picture makes and frees the tables, and the others have the
/// families taken from their lists before they go.
final class AprilTagTables: @unchecked Sendable {  // written in init and deinit only
    private(set) var families: [(kind: AprilTagFamily, family: UnsafeMutablePointer<apriltag_family_t>)] = []
    private let maximumHamming: Int
    private let keeper: UnsafeMutablePointer<apriltag_detector_t>

    /// Bytes of all tables together: a quarter of what a worker may use.
    private static let limit = 256 << 20

    static let outOfMemory = StageError(.options, "there is no memory for the tag families' tables")

    /// - Parameter maximumHamming: wrong bits that are put right, 0…2.
    /// - Throws: `StageError` when the tables would take too much memory.
    init(_ kinds: [AprilTagFamily], maximumHamming: Int) throws(StageError) {
        guard let keeper = apriltag_detector_create() else { throw Self.outOfMemory }
        self.keeper = keeper
        self.maximumHamming = maximumHamming
        var bytes = 0
        for kind in kinds {
            guard let family = kind.create() else { throw Self.outOfMemory }
            families.append((kind, family))
            bytes += family.pointee.tableBytes(hamming: maximumHamming)
            guard bytes <= Self.limit else {
                throw StageError(
                    .options,
                    """
                    max_hamming=\(maximumHamming) needs a table of \(bytes >> 20) MB for these families, \
                    and \(Self.limit >> 20) MB are allowed; lower it or name fewer families
                    """)
            }
            apriltag_detector_add_family_bits(keeper, family, Int32(maximumHamming))
            guard family.pointee.impl != nil else { throw Self.outOfMemory }
        }
    }

    deinit {
        apriltag_detector_destroy(keeper)
        for (kind, family) in families { kind.destroy(family) }
    }

    /// The detector has to be given to `takeBack` before it is destroyed.
    func lend(to detector: UnsafeMutablePointer<apriltag_detector_t>) {
        // A family that has its table keeps it.
        for (_, family) in families { apriltag_detector_add_family_bits(detector, family, Int32(maximumHamming)) }
    }

    static func takeBack(from detector: UnsafeMutablePointer<apriltag_detector_t>) {
        zarray_clear(detector.pointee.tag_families)
    }
}
