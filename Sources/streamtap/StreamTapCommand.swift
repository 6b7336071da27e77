import ArgumentParser

@main
struct StreamTapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "streamtap",
        abstract: "Cameras in, live pictures out.",
        discussion: """
            A plan is a text file in gst-launch syntax that says where pictures come from and what happens to them. \
            Every tap of a running plan can be watched in a browser.

            EXAMPLES:
              streamtap run demo
              streamtap run rtsp-h264 camera=rtsp://10.0.0.5/main
              streamtap run ./mine.plan width=640 --port 8080
              streamtap serve --plans /etc/streamtap
              streamtap check pipelines/*.plan
              streamtap graph demo
              streamtap user add anna --role admin
              streamtap discover --user admin --secret front-door
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, RunCommand.self, CheckCommand.self, GraphCommand.self, StagesCommand.self,
            DevicesCommand.self,
            DiscoverCommand.self, ConfigCommand.self, ReloadCommand.self, HealthcheckCommand.self, UserCommand.self,
            TokenCommand.self, ControlCommand.self,
        ])

    static func main() async {
        StandardStreams.openMissing()
        await main(nil)
    }
}
