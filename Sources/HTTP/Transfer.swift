import HTTPTypes

final class Transfer: Sendable {
    let endpoint = ""
    var trailers: HTTPFields { [:] }
    func nextChunk() async throws -> [UInt8]? { nil }
}
final class TransferLoop: Sendable {
    init(_ configuration: HTTPClient.Configuration) throws {}
    func stop() {}
    func stopAndWait() async {}
}
