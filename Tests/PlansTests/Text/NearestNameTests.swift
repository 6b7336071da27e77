import Plans
import Testing

@Suite("The nearest name")
struct NearestNameTests {
    @Test(
        "Slips are forgiven, other words are not",
        arguments: [
            ("quue", "queue"), ("qeueu", "queue"), ("Queue", "queue"), ("videoconevrt", "videoconvert"), ("xyz", nil),
            ("", nil),
            ("q", nil), ("avdec_h246", "avdec_h264"),
        ] as [(String, String?)])
    func nearest(_ name: String, _ expected: String?) {
        #expect(NearestName.of(name, in: ["queue", "queue2", "videoconvert", "avdec_h264", "tee"]) == expected)
    }
}
