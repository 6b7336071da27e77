import Foundation

/// What a camera's numbered pictures look like: which one a picture is, and how near it comes to that one.
public struct NumberedPicture: Sendable {
    private static let tile = 16
    private static let columns = 20
    private static let bits = 16
    private static let period = 64

    /// Which of the camera's it is.
    public let number: Int
    /// Decibels between its brightness and what was sent.
    public let likeness: Double

    /// Which one it is; nil where that cannot be read.
    public static func number(of picture: JPEGPicture) -> Int? {
        guard picture.width == columns * tile, picture.height > tile else { return nil }
        let digits = (0..<columns).map { picture[$0 * tile + 8, 8].green > 127 ? 1 : 0 }
        for place in 0..<4 {
            let sum = stride(from: place, to: bits, by: 4).reduce(0) { $0 + digits[$1] }
            guard sum % 2 == digits[bits + place] else { return nil }
        }
        return (0..<bits).reduce(0) { $0 + digits[$1] << $1 }
    }

    /// Nil where the number cannot be read.
    public init?(_ picture: JPEGPicture) {
        guard let number = Self.number(of: picture) else { return nil }
        self.number = number
        let shift = number * 3 % (Self.period * Self.tile)
        // As a viewer sees the camera's range, 16 to 235.
        let rows = (0..<picture.height / Self.tile).map { row in
            (0..<Self.period).map { ((40 + ($0 * 37 + row * 59 + $0 * row % 11 * 13) % 160) - 16) * 255 / 219 }
        }
        var errors = 0
        var samples = 0
        for y in stride(from: Self.tile, to: picture.height, by: 2) {
            let row = rows[y / Self.tile]
            for x in stride(from: 0, to: picture.width, by: 2) {
                let difference = Int(picture[x, y].green) - row[(x + shift) / Self.tile % Self.period]
                errors += difference * difference
                samples += 1
            }
        }
        likeness = 10 * log10(255 * 255 / max(Double(errors) / Double(samples), 0.01))
    }
}
