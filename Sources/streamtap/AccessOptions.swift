import ArgumentParser
import Foundation
import Server

/// What somebody may watch, and how: as `streamtap user` and `streamtap token` are told it.
struct ViewOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The widest picture they get, pixels.", valueName: "pixels"))
    var maxWidth: Int?

    @Option(help: ArgumentHelp("The highest picture they get, pixels.", valueName: "pixels"))
    var maxHeight: Int?

    @Option(
        name: .customLong("max-fps"), help: ArgumentHelp("Pictures a second that they get, at most.", valueName: "rate")
    )
    var maxFPS: Double?

    @Option(
        help: ArgumentHelp(
            "When they may watch, each day by this machine's clock, for example 07:00-19:30.", valueName: "from-to"),
        transform: dailyHours)
    var hours: DailyHours?

    func validate() throws {
        for size in [maxWidth, maxHeight].compactMap(\.self) where !ViewRight.sizes.contains(size) {
            throw ValidationError("\(size) is no size of a picture: 16 to 16384 pixels")
        }
        if let maxFPS, !ViewRight.rates.contains(maxFPS) { throw ValidationError("\(maxFPS) is no rate: 0.01 to 1000") }
    }

    /// - Throws: `ValidationError`: limits to nothing.
    func expectViews(_ views: [TapPattern]) throws {
        guard views.isEmpty, maxWidth != nil || maxHeight != nil || maxFPS != nil || hours != nil else { return }
        throw ValidationError("sizes, rates and hours are limits to what may be watched; say what that is")
    }

    /// The right to watch these taps.
    func right(to taps: TapPattern) -> ViewRight {
        ViewRight(taps, maxWidth: maxWidth, maxHeight: maxHeight, maxFPS: maxFPS, hours: hours)
    }
}

/// What a viewer sees, as `streamtap user add` and `change` are told it.
struct ViewerOptions: ParsableArguments {
    @Option(
        name: .customLong("view"),
        help: ArgumentHelp(
            "Taps that a viewer may watch, all of them: door/live, door, 'yard-*/live'. May be repeated.",
            valueName: "instance/tap"), transform: tapPattern)
    var taps: [TapPattern] = []

    @OptionGroup
    var limits: ViewOptions

    func validate() throws { try limits.expectViews(taps) }

    var rights: [ViewRight] { taps.map(limits.right) }
}

/// Where who may come in is kept: the state directory of the server.
struct AccessOptions: ParsableArguments {
    @Option(
        name: .customLong("state"),
        help: ArgumentHelp(
            "The server's state directory, which holds users and tokens; found as 'streamtap serve' finds it. A server that "
                + "runs hears of changes within a second.", valueName: "directory"))
    var directory: String?

    @OptionGroup
    var configuration: ConfigurationOptions

    /// - Throws: `Complaint` when there is none, or it cannot be used.
    func accounts() async throws -> Accounts {
        let given = [GivenOption("state.directory", directory)].compactMap(\.self)
        let loaded = configuration.sources(given).load()
        try loaded.requireSound()
        guard let directory = loaded.configuration.namedState.directory else {
            throw Complaint("there is no state directory: neither HOME nor XDG_STATE_HOME is set; --state names one")
        }
        do throws(ServiceError) {
            try StateOwner.become(ownerOf: directory)
            return try await Accounts(in: directory)
        } catch {
            throw Complaint(error.message)
        }
    }
}

func tapPattern(_ word: String) throws -> TapPattern {
    guard let pattern = TapPattern(word) else {
        throw ValidationError("'\(word)' names no taps, as door/live, door and 'yard-*/live' do")
    }
    return pattern
}

private func dailyHours(_ word: String) throws -> DailyHours {
    guard let hours = DailyHours(word) else {
        throw ValidationError("'\(word)' is no part of a day, as 07:00-19:30 is")
    }
    return hours
}
