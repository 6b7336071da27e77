import Testing

@testable import WorkerLink

/// What is kept of a video for those who begin, and for those on their way.
struct UnitLogTests {
    private struct Unit: LoggedUnit, Equatable {
        var number: Int
        var isKey = false
        var byteCount = 100
        /// Ten a second.
        var time: Int64 { Int64(number) * 100_000_000 }
    }

    private static func units(_ numbers: Range<Int>, keyframes: Int) -> [Unit] {
        numbers.map { Unit(number: $0, isKey: $0 % keyframes == 0) }
    }

    @Test("It holds a keyframe and what follows, and gives back what it no longer needs")
    func ring() {
        var log = UnitLog<Unit>()
        #expect(log.append(Unit(number: 5)).isEmpty && log.units.isEmpty, "nothing before a keyframe")
        for unit in Self.units(0..<15, keyframes: 20) { #expect(log.append(unit).isEmpty) }
        #expect(log.units.count == 15 && log.byteCount == 1500)
        #expect(log.append(Unit(number: 20, isKey: true)).count == 15)
        #expect(log.units.map(\.number) == [20] && log.byteCount == 100)
        #expect(log.clear().map(\.number) == [20])
        #expect(log.append(Unit(number: 21)).isEmpty && log.units.isEmpty, "behind a gap nothing, before a keyframe")
    }

    @Test("Where the next keyframe is too far away, by bytes or by time, nothing is kept before it")
    func limits() {
        for var log in [UnitLog<Unit>(byteLimit: 1000), UnitLog<Unit>(timeLimit: 900_000_000)] {
            for unit in Self.units(0..<10, keyframes: 100) { _ = log.append(unit) }
            #expect(log.sinceKey.count == 10)
            #expect(log.append(Unit(number: 10)).count == 11)
            _ = log.append(Unit(number: 11))
            #expect(log.units.isEmpty && log.byteCount == 0)
            _ = log.append(Unit(number: 12, isKey: true))
            #expect(log.sinceKey.count == 1)
        }
    }

    @Test("For those on their way it also holds what was before the last keyframe, as far as the limits go")
    func before() {
        var log = UnitLog<Unit>(byteLimit: 3000, keepsBefore: true)
        for unit in Self.units(0..<45, keyframes: 20) { _ = log.append(unit) }
        #expect(log.units.map(\.number) == Array(15..<45) && log.sinceKey.map(\.number) == Array(40..<45))
        for unit in Self.units(45..<90, keyframes: 1000) { _ = log.append(unit) }
        #expect(log.units.map(\.number) == Array(60..<90), "those who are at the end go on")
        #expect(log.sinceKey.isEmpty, "and nobody begins")
        _ = log.append(Unit(number: 90, isKey: true))
        #expect(log.units.count == 30 && log.sinceKey.map(\.number) == [90])
    }

    @Test("What has no room at all leaves at once, and what follows it is still of use to those on their way")
    func large() {
        var log = UnitLog<Unit>(byteLimit: 1000, keepsBefore: true)
        #expect(log.append(Unit(number: 0, isKey: true, byteCount: 1001)).count == 1)
        #expect(log.units.isEmpty && log.byteCount == 0)
        _ = log.append(Unit(number: 1))
        #expect(log.units.count == 1 && log.sinceKey.isEmpty)
    }
}
