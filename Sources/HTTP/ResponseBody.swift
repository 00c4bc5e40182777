package import HTTPTypes

/// The body of a response as it arrives, in chunks of up to about 256 KiB. Single pass.
///
/// Not reading pauses the transfer: no more than that much is held in memory. Ends by returning `nil` only when the whole
/// body was received; a body cut short throws.
package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]

    let transfer: Transfer

    /// Trailer fields; empty until the body has ended.
    package var trailers: HTTPFields { transfer.trailers }

    package func makeAsyncIterator() -> Iterator {
        Iterator(transfer: transfer)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let transfer: Transfer

        package mutating func next() async throws -> [UInt8]? {
            try await transfer.nextChunk()
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            try await transfer.nextChunk()
        }
    }

    /// The rest of the body in one piece. Throws `HTTPError.bodyTooLarge` as soon as it exceeds `limit` bytes.
    package func collect(upTo limit: Int) async throws -> [UInt8] {
        var collected: [UInt8] = []
        for try await chunk in self {
            guard collected.count + chunk.count <= limit else {
                throw HTTPError.bodyTooLarge(endpoint: transfer.endpoint, limit: limit)
            }
            if collected.isEmpty { collected = chunk } else { collected += chunk }
        }
        return collected
    }
}
