import FoundationEssentials
import HTTP
import HTTPTypes

extension S3Backend {
    package func put(_ bytes: [UInt8], at key: ObjectKey, _ metadata: ObjectMetadata) async throws -> PutReceipt {
        try await checkAbsent(key)
        let call = S3Call(
            operation: .put, method: .put, key: key.text, fields: creationFields(metadata), body: .bytes(bytes),
            deadlines: .transfer)
        return try await conditionally(call, key, Int64(bytes.count), metadata) { response in
            guard response.head.headers[.eTag] != nil else { throw client.noTag(call) }
        }
    }

    package func begin(_ key: ObjectKey, _ metadata: ObjectMetadata) async throws -> any PartUpload {
        try await checkAbsent(key)
        let call = S3Call(
            operation: .begin, method: .post, key: key.text, query: [("uploads", "")],
            fields: creationFields(metadata))
        let answer = try client.xml(try await client.send(call), "InitiateMultipartUpload", call)
        guard let id = answer.text("UploadId"), !id.isEmpty else {
            throw StoreError.unusableAnswer(uri(key.text), .begin, reason: "no UploadId")
        }
        return S3Upload(backend: self, key: key, id: id, upload: metadata.upload ?? "")
    }

    private func creationFields(_ metadata: ObjectMetadata) -> [(name: String, value: String)] {
        [("content-type", "application/octet-stream")] + options.fields
            + metadata.fields.map { ("x-amz-meta-\($0.name)", $0.value) }
    }

    /// Fails early where there is an object. Amazon's condition is sound, so there this look is a courtesy; other stores may
    /// pass over a condition without a word, so there it is what keeps an object from being replaced.
    func checkAbsent(_ key: ObjectKey) async throws {
        do {
            _ = try await client.send(S3Call(operation: .head, method: .head, key: key.text))
        } catch StoreError.notFound {
            return
        } catch StoreError.denied(let place, _, let reason) {
            guard !client.location.isAWS else { return }
            throw StoreError.cannotTellWhetherExists(place, reason: reason)
        }
        throw StoreError.exists(uri(key.text))
    }

    /// Sends what makes an object appear, on condition that there is none, or without the condition where the store does
    /// not take it. An answer that was lost is made up for by a look at what is there.
    func conditionally(
        _ call: S3Call, _ key: ObjectKey, _ size: Int64, _ metadata: ObjectMetadata,
        check: (Response) throws -> Void
    ) async throws -> PutReceipt {
        var call = call
        var guarded = OverwriteGuard.condition
        call.fields.append(("if-none-match", "*"))
        do {
            do {
                try check(try await client.send(call))
            } catch let StoreError.refused(_, _, status, code, _) where status == 501 || code == "NotImplemented" {
                try await checkAbsent(key)
                call.fields.removeLast()
                guarded = .lookup
                try check(try await client.send(call))
            }
        } catch let error as StoreError {
            guard let object = try await written(key, metadata, size: size, after: error) else { throw error }
            return PutReceipt(object: object, guarded: guarded)
        }
        if !client.location.isAWS { guarded = .lookup }
        guard let object = try await written(key, metadata, size: size, after: nil) else {
            throw StoreError.unusableAnswer(
                uri(key.text), call.operation, reason: "it says written, and it is not there")
        }
        guard object.size == size else {
            try await remove(key)
            throw StoreError.wrongSize(uri(key.text), expected: size, actual: object.size)
        }
        return PutReceipt(object: object, guarded: guarded)
    }
}

extension S3Backend {
    /// What is there, if this attempt wrote it. `error`: what the store said instead of "written"; some such words leave
    /// open whether it is.
    private func written(
        _ key: ObjectKey, _ metadata: ObjectMetadata, size: Int64, after error: StoreError?
    ) async throws -> StoredObject? {
        if let error, !error.mayHaveSucceeded { return nil }
        do {
            let object = try await head(key)
            return object.metadata?.upload == metadata.upload ? object : nil
        } catch StoreError.notFound {
            return nil
        } catch StoreError.denied where error == nil {
            // Credentials that may only write.
            return StoredObject(key: key, size: size, tag: "", modified: clock.now(), metadata: metadata)
        } catch let look as StoreError {
            guard let error else { throw look }
            if case .exists = error { throw error }
            throw StoreError.outcomeUnknown(uri(key.text), reason: "\(error); then \(look)")
        }
    }
}

extension StoreError {
    /// The store may have done it all the same: its answer was lost, or is one to a repetition.
    fileprivate var mayHaveSucceeded: Bool {
        switch self {
        case .exists, .unreachable, .unusableAnswer: true
        case .refused(_, _, let status, let code, _): status >= 500 || status == 200 || code == "NoSuchUpload"
        default: false
        }
    }
}
