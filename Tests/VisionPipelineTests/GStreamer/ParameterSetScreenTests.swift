import TestSupport
import Testing
import WorkerLink

@testable import VisionPipeline

@Suite("Parameter sets that were damaged on their way")
struct ParameterSetScreenTests {
    static let films = ParameterSetTests.plain + ParameterSetTests.colored

    @Test("Whatever an encoder makes passes, and twice", arguments: films)
    func sound(made: ParameterSetTests.Case) throws {
        let (codec, sets) = try Self.sets(made)
        let screen = Screen(codec)
        #expect(sets.count >= (codec == .h264 ? 2 : 3))
        for set in sets + sets { #expect(screen.accepts(set)) }
        #expect(!screen.accepts(Array(sets[0].prefix(sets[0].count / 2))), "Behind sound ones, the same one cut")
    }

    @Test("Before a sound one everything passes; afterwards nothing that names none, or has no end")
    func strictness() throws {
        let (codec, sets) = try Self.sets(.init(codec: "264"))
        let (sequence, picture) = (sets[0], sets[1])
        let screen = Screen(codec)
        #expect(screen.accepts([0x67, 1, 2, 3]) && screen.accepts(picture) && screen.accepts(sequence))
        // Of sequence 4, which never came: numbers are 1 and 00101.
        #expect(!screen.accepts([0x68, 0b1001_0111, 0x0F, 0xC8]))
        #expect(!screen.accepts([0x67]) && !screen.accepts([0x68]) && !screen.accepts([0x6F, 0x53, 0x60]))
        #expect(screen.accepts(sequence) && screen.accepts(picture))
    }

    @Test("A camera whose own sets are odd gets its way: damage does not come twice")
    func repeated() throws {
        let (codec, sets) = try Self.sets(.init(codec: "264"))
        let screen = Screen(codec)
        for set in sets { #expect(screen.accepts(set)) }
        let odd = Array(sets[0].dropLast())
        #expect(!screen.accepts(odd))
        #expect(screen.accepts(odd) && screen.accepts(odd))
        #expect(screen.accepts(sets[0]))
        #expect(!screen.accepts(odd), "Among sound ones it is damage again")
    }

    @Test("A set of pictures that nobody has memory for passes only where none that is allowed came before")
    func large() throws {
        let (codec, sets) = try Self.sets(.init(codec: "264"))
        let small = PictureLimit(width: 64, height: 64)
        let screen = Screen(codec, small)
        #expect(screen.accepts(sets[0]), "It says what is wrong")
        let both = Screen(codec, small)
        #expect(try both.accepts(Self.sets(.init(codec: "264", size: "64x64")).sets[0]))
        #expect(!both.accepts(sets[0]))
    }

    @Test("Nearly all random bytes are refused", arguments: ["264", "265"])
    func random(codec name: String) throws {
        var random = SeededGenerator.announced()
        let (codec, sets) = try Self.sets(.init(codec: name))
        let screen = Screen(codec)
        for set in sets { #expect(screen.accepts(set)) }
        let header = codec == .h264 ? 1 : 2
        var passed = 0
        for round in 0..<20_000 {
            let set = sets[round % sets.count]
            let body = (0..<Int.random(in: 8...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
            }
            if screen.accepts(set.prefix(header) + body) { passed += 1 }
        }
        // An H.265 picture set is hardly more than its numbers.
        #expect(passed < 200, "\(passed)")
    }

    private static func sets(_ made: ParameterSetTests.Case) throws -> (codec: VideoUnits.Codec, sets: [[UInt8]]) {
        let codec: VideoUnits.Codec = made.codec == "264" ? .h264 : .h265
        let bytes = try CodedVideo.encoded(
            size: made.size, "-c:v libx\(made.codec) \(made.encoding)", format: codec == .h264 ? "h264" : "hevc")
        var sets: [[UInt8]] = []
        bytes.withUnsafeBytes { bytes in
            NALUnits.forEach(in: bytes, .byteStream) { unit in
                // The zeros before a start code belong to that.
                let whole = Array(unit.reversed().drop { $0 == 0 }.reversed())
                if codec.isSet(codec.type(of: whole)), !sets.contains(whole) { sets.append(whole) }
                return true
            }
        }
        return (codec, sets)
    }
}

extension VideoUnits.Codec {
    fileprivate func type(of unit: [UInt8]) -> UInt8 { self == .h264 ? unit[0] & 0x1F : unit[0] >> 1 & 0x3F }
}

/// A screen that expectations can ask.
private final class Screen {
    private let codec: VideoUnits.Codec
    private var screen: ParameterSetScreen

    init(_ codec: VideoUnits.Codec, _ limit: PictureLimit = PictureLimit()) {
        self.codec = codec
        screen = ParameterSetScreen(codec, limit)
    }

    func accepts(_ unit: [UInt8]) -> Bool {
        unit.withUnsafeBytes { screen.accepts($0, type: codec.type(of: unit)) }
    }
}
