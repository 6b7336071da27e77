import Testing

@testable import VisionPipeline

/// What goes into a decoder, and which of its pictures are damaged then.
@Suite
struct PictureLossTests {
    /// Pictures in the order of decoding: `I` a keyframe, `P` another; `!` a gap before it, `?` some of it missing, `=` nothing of itself missing, a number the place where it is shown, `r2` that
    /// one is whole two pictures later, `|` the beginning of another stretch.
    private func damaged(_ text: String) -> [Int] {
        var loss = PictureLoss()
        var damaged: [Int] = []
        for (place, word) in text.split(separator: " ").enumerated() {
            if word == "|" {
                loss.begin()
                continue
            }
            let digits = word.drop { !$0.isNumber || $0 == "r" }.prefix { $0.isNumber }
            let time = word.contains("r") ? place : Int(digits) ?? place
            let recovery = word.contains("r") ? Int(digits) : nil
            loss.enter(
                .init(
                    time: UInt64(time), isKey: word.hasPrefix("I"), isAfterGap: word.contains("!"),
                    isIncomplete: word.contains("?") ? true : word.contains("=") ? false : nil, recovery: recovery))
            if loss.isDamaged(at: UInt64(time), isFlagged: false) { damaged.append(time) }
        }
        return damaged
    }

    @Test(
        "From a gap to the next keyframe that came whole",
        arguments: [
            ("I! P P I P P", []),
            ("I! P P! P I P", [2, 3]),
            ("I! P! I! P I P", [1, 2, 3]),
            // The end of a picture may be what is missing.
            ("I! P P? P! P I P", [2, 3, 4]),
            ("I!? P P I P", [0, 1, 2]),
            // Of a keyframe that is known to be whole, what is missing was before it.
            ("I! P P! I!= P", [2]),
            ("I! P I!= P P!= P I", [4, 5]),
            // Those that are shown before it may refer to that.
            ("I0 P4! I8!= P5 P6 P12", [4, 5, 6]),
            // Joined amid a stretch.
            ("P! P P I P", [0, 1, 2]),
            ("P P I P", [0, 1]),
            // What is shown before a keyframe may refer to what was lost; and where nothing was, it does not.
            ("I0 P4! I8 P5 P6 P7 P12 P9 P10", [4, 5, 6, 7]),
            ("I0 P4 I8 P5 P6 P7 P12 P9 P10", []),
            // A film that is wound, or plays its next file; or goes on amid one.
            ("I! P | I! P P", []),
            ("I! P | P! P I", [3, 4]),
            ("I! P | P P", []),
            // No keyframes, but a camera that says when it has sent all of a picture.
            ("P! P Pr3 P P P P P", [0, 1, 2, 3, 4]),
            ("I! P P! Pr2 P P P", [2, 3, 4]),
            ("I! P P! Pr2 P! P P Pr0 P", [2, 3, 4, 5, 6]),
            // What was missing of the one that it begins with is missing until the next time round.
            ("I! P P! Pr2? P P Pr2 P P", [2, 3, 4, 5, 6, 7]),
            ("I! P P! Pr2!= P P P", [2, 3, 4]),
        ] as [(String, [Int])])
    func gaps(_ text: String, _ expected: [Int]) {
        #expect(damaged(text) == expected)
    }

    @Test("A camera without keyframes is not damaged for ever")
    func patience() {
        var loss = PictureLoss()
        for second in 0...100 {
            let time = UInt64(second) * 1_000_000_000
            loss.enter(.init(time: time, isKey: false, isAfterGap: second == 0, recovery: nil))
            let isDamaged = loss.isDamaged(at: time, isFlagged: false)
            #expect(isDamaged == (second <= 45))
        }
    }

    @Test("What a decoder says itself counts, but against a camera's own word")
    func flags() {
        var loss = PictureLoss()
        loss.enter(.init(time: 1, isKey: true, isAfterGap: true, recovery: nil))
        let isDamaged = loss.isDamaged(at: 1, isFlagged: true)
        #expect(isDamaged)
        var refreshed = PictureLoss()
        refreshed.enter(.init(time: 0, isKey: true, isAfterGap: true, recovery: nil))
        refreshed.enter(.init(time: 1, isKey: false, isAfterGap: true, recovery: 0))
        let lacks = refreshed.isDamaged(at: 1, isFlagged: true)
        #expect(lacks, "a part of it may be what is missing")
        refreshed.enter(.init(time: 2, isKey: false, isAfterGap: false, recovery: 0))
        let isRefreshed = !refreshed.isDamaged(at: 2, isFlagged: true)
        #expect(isRefreshed)
    }

    @Test("Those that the decoder holds when something is lost may come out with another's timestamp")
    func held() {
        var loss = PictureLoss()
        for time in [0, 3, 1] as [UInt64] { loss.enter(.init(time: time, isKey: time == 0, isAfterGap: false)) }
        let first = loss.isDamaged(at: 0, isFlagged: false)
        loss.enter(.init(time: 6, isKey: false, isAfterGap: true))
        let others = [1, 3, 6].map { loss.isDamaged(at: $0, isFlagged: false) }
        #expect(!first && others == [true, true, true])
    }
}
