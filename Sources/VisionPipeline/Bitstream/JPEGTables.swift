/// The Huffman tables that T.81 gives as typical (annex K.3), and that many USB cameras leave out: a decoder for AVI has to know them.
enum JPEGTables {
    /// A DHT segment, marker included.
    static let segment: [UInt8] =
        [0xFF, 0xC4, UInt8((digits.count / 2 + 2) >> 8), UInt8((digits.count / 2 + 2) & 0xFF)] + bytes

    private static let bytes: [UInt8] = stride(from: 0, to: digits.count, by: 2).map {
        digits[$0] << 4 | digits[$0 + 1]
    }
    private static let digits = hex.utf8.map { $0 > 0x60 ? $0 - 0x57 : $0 - 0x30 }

    /// Each table: class and number, sixteen counts, the values.
    private static let hex =
        "0000010501010101010100000000000000000102030405060708090a0b100002"
        + "010303020403050504040000017d010203000411051221314106135161072271"
        + "14328191a1082342b1c11552d1f02433627282090a161718191a25262728292a"
        + "3435363738393a434445464748494a535455565758595a636465666768696a73"
        + "7475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9"
        + "aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4"
        + "e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa01000301010101010101010100000000"
        + "00000102030405060708090a0b11000201020404030407050404000102770001"
        + "02031104052131061241510761711322328108144291a1b1c109233352f01562"
        + "72d10a162434e125f11718191a262728292a35363738393a434445464748494a"
        + "535455565758595a636465666768696a737475767778797a8283848586878889"
        + "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5"
        + "c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
}
