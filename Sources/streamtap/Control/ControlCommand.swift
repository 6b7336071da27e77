import ArgumentParser

struct ControlCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ctl",
        abstract: "See and change what runs on a server, from here.",
        discussion: """
            The server is the one that --server names, otherwise STREAMTAP_SERVER, otherwise the one that this machine's \
            configuration describes: http://127.0.0.1:8277 where there is none. Where everybody signs in, `streamtap ctl login` \
            does so once; programs show a token (--token-file, STREAMTAP_TOKEN).

            With --json each command prints what the API answers, unchanged.

            EXAMPLES:
              streamtap ctl list
              streamtap ctl start rtsp-h264 camera=rtsp://10.0.0.5/main --id door
              streamtap ctl watch
              streamtap ctl logs door -f
              streamtap ctl snapshot door/live -o door.jpg
              streamtap ctl list --json | jq -r '.instances[] | select(.state != "running") | .id'
              streamtap ctl login anna --server https://cams.example/house

            EXIT STATUS:
              0    It is done.
              1    The server refused, or something could not be done here; standard error says why.
              64   The command line cannot be meant so.
              69   There is no server there, or none that can be trusted or understood.
              130  Ctrl-C has ended it.
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, StartCommand.self, StopCommand.self, RestartCommand.self,
            LogsCommand.self, WatchCommand.self, SnapshotCommand.self, TapsCommand.self, PlansCommand.self,
            OptionsCommand.self, ControlsCommand.self, MoveCommand.self, LoginCommand.self, LogoutCommand.self,
            WhoCommand.self,
        ])
}
