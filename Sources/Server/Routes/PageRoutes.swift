import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// `/`: the page and its files; `/embed/…`: one tap for a frame of another page; `/examples/`: pages that are short enough
/// to read.
struct PageRoutes {
    /// Whose pages may show one tap in a frame.
    let framing: [FramingOrigin]

    func add(to router: Router<ServiceContext>) {
        for file in PageFile.all {
            add(file, at: RouterPath("/\(file.name)"), to: router)
            switch file.name {
            case "index.html": add(file, at: "/", to: router)
            // Whether there is such a tap the page asks itself: it may come later.
            case "embed.html": add(file, at: "/embed/{instance}/{tap}", framedBy: framing, to: router)
            // Browsers ask for this one where a page names none.
            case "favicon.svg": add(file, at: "/favicon.ico", to: router)
            default: break
            }
        }
        for file in PageFile.examples {
            add(file, at: file.name == "examples.html" ? "/examples" : "/examples/\(file.name)", to: router)
        }
    }

    private func add(
        _ file: PageFile, at path: RouterPath, framedBy origins: [FramingOrigin] = [], to router: Router<ServiceContext>
    ) {
        let policy = file.contentSecurityPolicy(framedBy: origins)
        router.endpoint(
            path,
            [
                .get: .open { request, _ in
                    guard let place = file.place(insteadOf: request.uri) else {
                        return file.response(to: request, policy: policy)
                    }
                    return Response(
                        status: .permanentRedirect, headers: [.location: place, .contentSecurityPolicy: policy])
                }
            ])
    }
}

extension PageFile {
    /// A page runs nothing but its own files, or the very script that it was made with, talks to nobody but this server, and is
    /// shown by nobody else unless somebody has said so.
    fileprivate func contentSecurityPolicy(framedBy origins: [FramingOrigin]) -> String {
        let ancestors = origins.isEmpty ? "'none'" : origins.map(\.text).joined(separator: " ")
        // Video that no decoder but a <video> takes is a file that the page makes.
        return "default-src 'self'; media-src 'self' blob:; "
            // An example shows its pictures as blobs.
            + (script.map { "script-src 'sha256-\($0)'; img-src 'self' blob:; " } ?? "")
            // Its addresses begin two levels further up.
            + "connect-src 'self'; base-uri \(name == "embed.html" ? "'self'" : "'none'"); form-action 'none'; "
            + "frame-ancestors \(ancestors)"
    }

    /// The router takes addresses with a slash at their end for those without; the page's own addresses begin at the last
    /// slash, and would lead elsewhere.
    ///
    /// - Returns: the address to ask instead, as seen from the one that was asked: a proxy may show it under a path of its
    ///   own. Nil where it is the same.
    fileprivate func place(insteadOf address: URI) -> String? {
        let slashes = address.path.reversed().prefix { $0 == "/" }.count
        guard let last = address.path.split(separator: "/").last else { return nil }
        let query = address.query.map { "?\($0)" } ?? ""
        if name == "examples.html" { return slashes == 0 ? "\(last)/\(query)" : nil }
        return slashes > 0 ? String(repeating: "../", count: slashes) + last + query : nil
    }

    fileprivate func response(to request: Request, policy: String) -> Response {
        let headers: HTTPFields = [
            .contentType: type, .eTag: tag.text, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
        ]
        if tag.isKnown(to: request) { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: content))
    }
}
