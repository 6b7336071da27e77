import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Programs that others wrote, each used as people use it: with the address, and nothing that it would have to know of us.
    @Suite("Ordinary programs watch taps", .timeLimit(.minutes(3)))
    struct ProgramTests {
        /// What shows pictures or keeps them, in a shell with `$STREAM` and `$STILL`.
        private struct Program {
            /// Must be there, all of it.
            var needs: [String]
            var command: String
            /// Stands in what it prints.
            var prints: String

            init(_ needs: String..., prints: String, command: String) {
                (self.needs, self.prints, self.command) = (needs, prints, command)
            }

            var isInstalled: Bool { needs.allSatisfy { access($0, F_OK) == 0 } }
        }

        private static let programs = [
            Program("/usr/bin/curl", prints: "ff d8", command: "curl -sSf $STILL | od -A n -t x1 -N 2"),
            Program("/usr/bin/curl", prints: "image/jpeg", command: "curl -sSfI $STILL"),
            Program("/usr/bin/curl", prints: "multipart/x-mixed-replace", command: "curl -sSfI $STREAM"),
            Program(
                "/usr/bin/curl", prints: "X-Timestamp",
                command: "curl -sSN $STREAM | head -c 50000 | grep -a X-Timestamp"),
            Program(
                "/usr/bin/curl", prints: "X-Timestamp",
                command: "curl -sSN --http1.0 $STREAM | head -c 50000 | grep -a X-Timestamp"),
            Program("/usr/bin/wget", prints: "ff d8", command: "wget -q -O - $STILL | od -A n -t x1 -N 2"),
            Program(
                "/usr/bin/wget", prints: "X-Timestamp",
                command: "wget -q -O - $STREAM | head -c 50000 | grep -a X-Timestamp"),
            // Without being told what it is.
            Program(
                "/usr/bin/ffprobe", prints: "mjpeg,320,180",
                command: "ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 $STREAM"),
            Program(
                "/usr/bin/ffmpeg", prints: "frame=10",
                command: "ffmpeg -nostdin -v error -progress - -i $STREAM -frames:v 10 -f null -"),
            Program(
                "/usr/bin/ffprobe", prints: "mjpeg,320,180",
                command: "ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 $STILL"),
            Program(
                "/usr/bin/gst-launch-1.0", prints: "Got EOS",
                command: """
                    gst-launch-1.0 souphttpsrc location=$STREAM is-live=true ! multipartdemux ! jpegdec
                    ! video/x-raw,width=320,height=180 ! identity eos-after=5 ! fakesink
                    """.replacing("\n", with: " ")),
            Program(
                "/usr/lib/python3/dist-packages/cv2", prints: "(180, 320, 3) 10",
                command: """
                    /usr/bin/python3 -c '
                    import cv2, sys
                    capture = cv2.VideoCapture(sys.argv[1])
                    pictures = [capture.read() for _ in range(10)]
                    assert all(is_there for is_there, _ in pictures)
                    print(pictures[-1][1].shape, len(pictures))' $STREAM
                    """),
            Program(
                "/usr/lib/python3/dist-packages/requests", prints: "ffd8",
                command: """
                    /usr/bin/python3 -c '
                    import requests, sys
                    lines = requests.get(sys.argv[1], stream=True, timeout=5).iter_lines(1000)
                    print(next(line for line in lines if line.startswith(b"\\xff\\xd8"))[:2].hex())' $STREAM
                    """),
            Program(
                "/usr/bin/python3", prints: "320",
                command: """
                    /usr/bin/python3 -c '
                    import http.client, sys, urllib.parse
                    address = urllib.parse.urlsplit(sys.argv[1])
                    connection = http.client.HTTPConnection(address.netloc)
                    for _ in range(3):
                        connection.request("GET", address.path)
                        answer = connection.getresponse()
                        assert answer.status == 200 and answer.read()[:2] == b"\\xff\\xd8"
                    print(320)' $STILL
                    """),
            Program(
                "/usr/bin/node", prints: "image/jpeg",
                command: """
                    node -e '
                    fetch(process.argv[1]).then(async (answer) => {
                      const reader = answer.body.getReader();
                      for (let text = ""; !text.includes("image/jpeg");)
                        text += Buffer.from((await reader.read()).value).toString("latin1");
                      console.log("image/jpeg");
                      await reader.cancel();
                    })' $STREAM
                    """),
            Program(
                "/usr/lib/python3/dist-packages/aiohttp", "/usr/lib/python3/dist-packages/httpx",
                "/usr/lib/python3/dist-packages/requests", "/usr/lib/python3/dist-packages/PIL", prints: "done",
                command: "/usr/bin/python3 \(script) $STILL $STREAM"),
            // It does not run for root, and makes its pictures' height a multiple of 16.
            Program(
                "/usr/bin/cvlc", prints: "mjpeg,320,",
                command: """
                    chmod 777 . && export HOME=$PWD
                    [ $(id -u) != 0 ] || as='setpriv --reuid=65534 --regid=65534 --clear-groups'
                    $as cvlc -q --intf dummy --no-audio --vout dummy --video-filter scene --scene-path $PWD \
                    --scene-prefix shown --scene-format jpg --scene-replace $STREAM >log 2>&1 &
                    for wait in $(seq 100); do [ -s shown.jpg ] && break; sleep 0.1; done
                    kill $! && wait $!
                    [ -s shown.jpg ] || cat log
                    ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 shown.jpg
                    """),
        ]

        private static let script = StreamTapProcess.repository.appending(
            path: "Tests/EndToEndTests/home-assistant.py"
        ).path()

        @Test("all that is installed, one after the other; when they have gone, nobody watches")
        func programs() async throws {
            let server = try await StreamTapProcess.serving(["cam": TestPlans.live])
            try await server.create("cam")
            try await server.reaches("running", "cam")
            let tap = "http://127.0.0.1:\(server.http.port)/api/vp/taps/cam/colour"
            let programs = Self.programs.filter(\.isInstalled)
            for program in programs {
                let folder = try TemporaryDirectory()
                let process = try ChildProcess(
                    "/bin/sh", ["-c", "cd '\(folder.path)'\n\(program.command)"],
                    environment: ["STREAM": "\(tap)/stream.mjpeg", "STILL": "\(tap)/frame.jpg"])
                try await process.ended(within: .seconds(30))
                #expect(process.output.contains(program.prints), "\(program.command): \(process.output)")
            }
            try await eventually("all of them are gone") {
                let taps = try await server.http.get("/api/vp/taps/cam").json["taps"] as? [String: any Sendable]
                return (taps?["colour"] as? [String: any Sendable])?["viewers"] as? Int == 0
            }
        }
    }
}
