import FoundationEssentials

/// Comparisons, and what is done when all of them hold, or else; in one step.
package struct Transaction: Sendable {
    package enum Relation: Sendable {
        case equal, notEqual, greater, less
    }

    package enum Comparison: Sendable {
        /// 0: there is no such key.
        case version([UInt8], Relation, Int64)
        case createRevision([UInt8], Relation, Revision)
        case modRevision([UInt8], Relation, Revision)
        case value([UInt8], Relation, [UInt8])
    }

    package enum Operation: Sendable {
        case range(KeyRange, RangeOptions = RangeOptions())
        case put([UInt8], [UInt8], lease: LeaseID? = nil)
        case delete(KeyRange)
    }

    package enum Outcome: Sendable {
        case range(RangeResult)
        case put
        /// Keys that were there.
        case deleted(Int64)
    }

    package struct Result: Sendable {
        package var header: ResponseHeader
        /// All comparisons held.
        package var succeeded: Bool
        /// In the order of the operations.
        package var outcomes: [Outcome]
    }

    package var comparisons: [Comparison]
    package var success: [Operation]
    package var failure: [Operation]

    /// etcd takes 128 operations unless told otherwise.
    package init(if comparisons: [Comparison] = [], then success: [Operation], else failure: [Operation] = []) {
        self.comparisons = comparisons
        self.success = success
        self.failure = failure
    }
}

extension EtcdClient {
    /// Works without quorum where it only reads, and every read is serializable.
    package func commit(_ transaction: Transaction) async throws -> Transaction.Result {
        let response: WireTxnResponse = try await call(.txn, WireTxnRequest(transaction))
        return Transaction.Result(
            header: ResponseHeader(response.header), succeeded: response.succeeded,
            outcomes: response.responses.compactMap(Transaction.Outcome.init))
    }
}

extension Transaction.Outcome {
    init?(_ wire: WireResponseOp) {
        switch wire.response {
        case .responseRange(let range): self = .range(RangeResult(range))
        case .responsePut: self = .put
        case .responseDeleteRange(let range): self = .deleted(range.deleted)
        case nil: return nil
        }
    }
}

extension WireTxnRequest {
    init(_ transaction: Transaction) {
        self.init()
        compare = transaction.comparisons.map(WireCompare.init)
        success = transaction.success.map(WireRequestOp.init)
        failure = transaction.failure.map(WireRequestOp.init)
    }
}

extension WireCompare {
    init(_ comparison: Transaction.Comparison) {
        self.init()
        let relation: Transaction.Relation
        switch comparison {
        case .version(let key, let how, let version):
            (self.key, relation, target, self.version) = (Data(key), how, .version, version)
        case .createRevision(let key, let how, let revision):
            (self.key, relation, target, createRevision) = (Data(key), how, .create, revision.rawValue)
        case .modRevision(let key, let how, let revision):
            (self.key, relation, target, modRevision) = (Data(key), how, .mod, revision.rawValue)
        case .value(let key, let how, let value):
            (self.key, relation, target, self.value) = (Data(key), how, .value, Data(value))
        }
        result =
            switch relation {
            case .equal: .equal
            case .notEqual: .notEqual
            case .greater: .greater
            case .less: .less
            }
    }
}

extension WireRequestOp {
    init(_ operation: Transaction.Operation) {
        self.init()
        switch operation {
        case .range(let keys, let options): requestRange = WireRangeRequest(keys, options)
        case .put(let key, let value, let lease): requestPut = WirePutRequest(key, value, lease)
        case .delete(let keys): requestDeleteRange = WireDeleteRangeRequest(keys)
        }
    }
}
