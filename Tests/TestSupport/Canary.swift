import Foundation
import Glibc

/// A file that nobody may touch, in a directory that tells when somebody does.
public final class Canary: Sendable {
    private static let song = "canary"
    private let directory: String
    /// inotify(7): sees reading as well, which no time stamp does reliably.
    private let watch: CInt

    public init() throws {
        directory = try TemporaryDirectory().path
        try Data(Self.song.utf8).write(to: URL(filePath: "\(directory)/bird"))
        watch = inotify_init1(CInt(IN_NONBLOCK) | CInt(IN_CLOEXEC))
        let all = UInt32(IN_OPEN | IN_ACCESS | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVE)
        guard watch >= 0, inotify_add_watch(watch, directory, all) >= 0 else {
            throw ProcessFailure("nothing to watch with: \(errno)")
        }
    }

    deinit {
        close(watch)
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The file that is there.
    public var path: String { "\(directory)/bird" }
    /// A file beside it that is not there, and may not come to be.
    public var newPath: String { "\(directory)/egg" }

    /// Whether anything in the directory was opened, read, written, made, moved or deleted since the last time.
    public func wasTouched() -> Bool {
        var events = [UInt8](repeating: 0, count: 4096)
        var isTouched = false
        while read(watch, &events, events.count) > 0 { isTouched = true }
        return isTouched
    }

    /// Whether it still sings, and alone. Looking touches it.
    public func isIntact() -> Bool {
        let files = try? FileManager.default.contentsOfDirectory(atPath: directory)
        return files == ["bird"] && (try? String(contentsOfFile: path, encoding: .utf8)) == Self.song
    }
}

/// The eight ways past a check of element names, as plan text; `%r` is a canary's file, `%w` one beside it.
public enum Bypasses {
    public static let texts: [String] = [
        "videotestsrc num-buffers=5 pattern=ball ! filesink location=%w",
        "videotestsrc num-buffers=5 ! textoverlay text=\"a\" ! filesink location=\"%w\"",
        "file://%r ! streamtap",
        "videotestsrc num-buffers=5 ! file://%w",
        "videotestsrc num-buffers=5 ! gst:file://%w",
        "videotestsrc num-buffers=5 ! fpsdisplaysink video-sink=\"filesink location=%w\"",
        "videotestsrc num-buffers=5 ! x264enc ! splitmuxsink location=%w",
        "videotestsrc num-buffers=5 ! x264enc ! mpegtsmux ! hlssink2 location=%w",
        "bin.( videotestsrc num-buffers=5 ! filesink location=%w )",
        "videotestsrc num-buffers=5 ! x264enc option-string=\"dump-yuv=%w\" ! fakesink",
        "videotestsrc num-buffers=5 ! x264enc pass=pass1 multipass-cache-file=%w ! fakesink",
        "videotestsrc num-buffers=5 ! gdkpixbufoverlay location=%r ! streamtap",
        "filesrc location=%r ! streamtap",
        "uridecodebin uri=file://%r ! streamtap",
        "videotestsrc num-buffers=5 ! tee name=u u::filesink0::location=%w ! streamtap",
        "multifilesrc location=%r ! streamtap",
        "videotestsrc num-buffers=5 ! jpegenc ! multifilesink location=%w",
    ]

    public static func texts(with canary: Canary) -> [String] {
        texts.map {
            $0.replacingOccurrences(of: "%r", with: canary.path).replacingOccurrences(of: "%w", with: canary.newPath)
        }
    }
}
