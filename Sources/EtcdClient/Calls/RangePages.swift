import HTTP

extension EtcdClient {
    /// All keys of a range at one revision, `pageSize` or fewer at a time: a page that would exceed the limit on messages
    /// is asked for again in halves. The options' limit is left out of account.
    package func pages(
        of keys: KeyRange, _ options: RangeOptions = RangeOptions(), pageSize: Int = 1000
    ) -> RangePages {
        RangePages(client: self, keys: keys, options: options, pageSize: max(1, pageSize))
    }
}

/// Pages of keys, read one after the other as they are asked for.
package struct RangePages: AsyncSequence, Sendable {
    package typealias Element = RangeResult

    let client: EtcdClient
    let keys: KeyRange
    let options: RangeOptions
    let pageSize: Int

    package func makeAsyncIterator() -> Iterator {
        Iterator(client: client, keys: keys, options: options, pageSize: pageSize)
    }

    package struct Iterator: AsyncIteratorProtocol {
        let client: EtcdClient
        /// What is left; `nil` after the last page.
        var keys: KeyRange?
        var options: RangeOptions
        var pageSize: Int

        package mutating func next() async throws -> RangeResult? {
            guard let range = keys else { return nil }
            let page = try await read(range)
            // What follows is read at the revision of the first page.
            options.revision = options.revision ?? page.header.revision
            if page.hasMore, let last = page.keyValues.last {
                keys = .keys(from: last.key + [0], to: range.end)
            } else {
                keys = nil
            }
            return page
        }

        private mutating func read(_ range: KeyRange) async throws -> RangeResult {
            while true {
                options.limit = pageSize
                do {
                    return try await client.range(range, options)
                } catch  where pageSize > 1 && Self.isTooLarge(error) {
                    pageSize /= 2
                }
            }
        }

        private static func isTooLarge(_ error: any Error) -> Bool {
            switch error {
            case let error as EtcdError:
                if case .transport(.bodyTooLarge) = error.reason { true } else { false }
            case let error as NoEndpointAnswered: error.failures.contains(where: isTooLarge)
            default: false
            }
        }
    }
}
