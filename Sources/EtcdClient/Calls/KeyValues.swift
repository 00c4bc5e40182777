import FoundationEssentials

/// What to read of a range of keys.
package struct RangeOptions: Hashable, Sendable {
    /// The newest when `nil`.
    package var revision: Revision?
    /// Keys at most; 0: all.
    package var limit: Int
    /// Answered by the one member alone, from what it has applied: works without quorum, and may be old.
    package var isSerializable: Bool
    /// Leaves the values empty.
    package var keysOnly: Bool

    package init(
        revision: Revision? = nil, limit: Int = 0, isSerializable: Bool = false, keysOnly: Bool = false
    ) {
        self.revision = revision
        self.limit = limit
        self.isSerializable = isSerializable
        self.keysOnly = keysOnly
    }
}

package struct RangeResult: Sendable {
    package var header: ResponseHeader
    /// In the order of the keys.
    package var keyValues: [KeyValue]
    /// There are more than the limit let through.
    package var hasMore: Bool
    /// Keys in the whole range, without regard to the limit.
    package var count: Int64

    init(_ wire: WireRangeResponse) {
        header = ResponseHeader(wire.header)
        keyValues = wire.kvs.map(KeyValue.init)
        hasMore = wire.more
        count = wire.count
    }
}

extension EtcdClient {
    /// The keys in one answer; for ranges of any size use `pages`.
    package func range(_ keys: KeyRange, _ options: RangeOptions = RangeOptions()) async throws -> RangeResult {
        let response: WireRangeResponse = try await call(.range, WireRangeRequest(keys, options))
        return RangeResult(response)
    }

    /// The number of keys alone, at `revision` or the newest.
    package func count(
        _ keys: KeyRange, at revision: Revision? = nil, isSerializable: Bool = false
    ) async throws -> Int64 {
        var request = WireRangeRequest(keys, RangeOptions(revision: revision, isSerializable: isSerializable))
        request.countOnly = true
        let response: WireRangeResponse = try await call(.range, request)
        return response.count
    }

    /// Returns the header, whose revision is the write's.
    @discardableResult
    package func put(_ key: [UInt8], _ value: [UInt8], lease: LeaseID? = nil) async throws -> ResponseHeader {
        let response: WirePutResponse = try await call(.put, WirePutRequest(key, value, lease))
        return ResponseHeader(response.header)
    }

    /// Returns the number of keys that were there.
    @discardableResult
    package func delete(_ keys: KeyRange) async throws -> Int64 {
        let response: WireDeleteRangeResponse = try await call(.deleteRange, WireDeleteRangeRequest(keys))
        return response.deleted
    }

    /// Forgets what happened before `revision`. `waits`: until the database has done so, not just noted it.
    package func compact(to revision: Revision, waits: Bool = false) async throws {
        var request = WireCompactionRequest()
        request.revision = revision.rawValue
        request.physical = waits
        let _: WireCompactionResponse = try await call(.compact, request)
    }

    /// A lease of `seconds` at least; keys put under it go when it ends.
    package func grantLease(seconds: Int64) async throws -> LeaseID {
        var request = WireLeaseGrantRequest()
        request.ttl = seconds
        let response: WireLeaseGrantResponse = try await call(.leaseGrant, request)
        return LeaseID(rawValue: response.id)
    }
}

extension WireRangeRequest {
    init(_ keys: KeyRange, _ options: RangeOptions) {
        self.init()
        key = Data(keys.start)
        rangeEnd = Data(keys.end)
        revision = options.revision?.rawValue ?? 0
        limit = Int64(options.limit)
        serializable = options.isSerializable
        keysOnly = options.keysOnly
    }
}

extension WirePutRequest {
    init(_ key: [UInt8], _ value: [UInt8], _ lease: LeaseID?) {
        self.init()
        self.key = Data(key)
        self.value = Data(value)
        self.lease = lease?.rawValue ?? 0
    }
}

extension WireDeleteRangeRequest {
    init(_ keys: KeyRange) {
        self.init()
        key = Data(keys.start)
        rangeEnd = Data(keys.end)
    }
}
