/// Cases that other tests show, by name.
enum ShownElsewhere {
    static let rows: [FaultTable.Row] = [
        row(
            "2", "packets to it are lost (a black hole)", "where networks can be made", "left out here"),
        row(
            "37", "a viewer reads nothing", "its own pictures are skipped and counted",
            "StreamingTests, SlowViewerTests, DeliveryTests"
        ),
        row(
            "39", "256 descriptors, instances until one is refused", "503 host_exhausted, all others go on",
            "WorkerLimitTests"),
        row(
            "39b", "a disk is full amid a recording", "the recording alone fails, and comes back", "CopyRecordingTests"),
        row("39c", "a worker wants more memory than it may have", "retrying, resource_limit", "WorkerLimitTests"),
        row(
            "40c", "kill -9 of the server at any moment, 100 times", "nothing that was answered is lost",
            "RememberedTests"),
        row("40d", "DELETE of a recording, then SIGTERM", "ends within 3 s, and the file plays", "RecordingTests"),
    ]

    private static func row(_ number: String, _ injected: String, _ outcome: String, _ tests: String) -> FaultTable.Row
    {
        FaultTable.Row(number: number, injected: injected, seen: tests, over: "", outcome: outcome)
    }
}
