import Plans
import TestSupport
import Testing

/// A font's size decides how much memory its letters take, and Pango reads it as strtod does.
@Suite("Fonts in text from the network")
struct FontTests {
    private func isAllowed(_ font: String) -> Bool {
        refusals("videotestsrc ! textoverlay font-desc=\"\(font)\" ! streamtap").isEmpty
    }

    @Test(
        "Whole numbers of a sane size are allowed",
        arguments: [
            "Sans", "Sans 24", "Sans, 200", "DejaVu Sans Mono Bold 20", "Sans Semi-Bold 12px", "Exo 2 18", "Sans 007",
        ])
    func allowed(_ font: String) {
        #expect(isAllowed(font))
    }

    @Test(
        "Whatever else strtod takes for a number is not",
        arguments: [
            "Sans 201", "Sans 1e3", "Sans 1E9", "Sans 9e", "Sans 0x1F4", "Sans 12.5", "Sans .5", "Sans +9", "Sans -9",
            "Sans inf",
            "Sans Infinity", "Sans nan", "Sans INF", "Sans infpx", "Sans -inf", "Sans 1e3px",
            "Sans 99999999999999999999",
            "Sans 2 1e3", "1e3", "Sans 20px20", "Sans 20@wght=900",
        ])
    func refused(_ font: String) {
        #expect(!isAllowed(font))
    }
}
