import Hummingbird

extension SearchRequest: RequestBody {}

/// `/api/vp/discover`: cameras of the network. A POST: it sends to the network, and may be refused to those who only watch.
struct DiscoveryRoutes {
    let search: CameraSearch
    let readiness: Readiness

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/api/vp/discover",
            [
                .post: .operate { [search, readiness] request, _ in
                    let wanted = try await JSONBody.decode(SearchRequest.self, from: request)
                    guard readiness.isReady else { throw ServiceError.shuttingDown }
                    return .json(try await search.run(wanted))
                }
            ])
    }
}
