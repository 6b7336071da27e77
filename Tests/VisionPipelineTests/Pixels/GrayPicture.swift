import Foundation

/// A committed picture: binary PGM, eight bits.
struct GrayPicture {
    let width: Int
    let height: Int
    let samples: [UInt8]

    /// - Parameter name: of a file in `Golden`, without its extension.
    init?(golden name: String, from file: String = #filePath) {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Golden")
        guard let data = try? Data(contentsOf: folder.appendingPathComponent(name + ".pgm")) else { return nil }
        // "P5", width, height, 255 and one white space, then the samples.
        var words: [String] = []
        var place = data.startIndex
        while words.count < 4, place < data.endIndex {
            let end = data[place...].firstIndex { $0 == 0x20 || $0 == 0x0A } ?? data.endIndex
            words.append(String(decoding: data[place..<end], as: UTF8.self))
            place = min(end + 1, data.endIndex)
        }
        guard words.count == 4, words[0] == "P5", let width = Int(words[1]), let height = Int(words[2]) else {
            return nil
        }
        samples = Array(data[place...])
        self.width = width
        self.height = height
        guard samples.count == width * height else { return nil }
    }
}
