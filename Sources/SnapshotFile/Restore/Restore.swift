import Cryptography
import Glibc

/// Builds a member's data directory from a snapshot, as `etcdutl snapshot restore` of etcd 3.5 does: the result starts
/// on 3.4 to 3.7.
///
/// Everything is built beside its place and synced, read back, and renamed at the end. Until then nothing has a final
/// name, whatever happens: an error, a full disk, the end of this process.
package struct Restore: Sendable {
    private let plan: RestorePlan

    /// Checks everything that can be checked before anything changes. Throws `RestoreError`, `MembershipError`, or
    /// `MappingError` for a snapshot that cannot be opened.
    package init(_ request: RestoreRequest) throws {
        plan = try RestorePlan(request)
    }

    package var membership: Membership { plan.membership }
    /// The newest in the snapshot.
    package var snapshotRevision: Int64 { plan.revisions.old }
    /// Bytes that will be copied.
    package var size: Int { plan.copySize }
    /// What killed restores left at the same place.
    package var leftovers: [String] { plan.target.leftovers }

    /// Restores. Cancelling the task ends it; after any error nothing new is left.
    package func run(progress: @Sendable (RestoreProgress) -> Void = { _ in }) async throws -> RestoredMember {
        if plan.request.removesLeftovers { for path in plan.target.leftovers { Files.remove(path) } }
        let staging = try Staging.begin(plan.target)
        do {
            async let inheritance = Inheritance(of: plan)
            let digest = try copy(to: staging.database, progress)
            let found = try await inheritance
            let outcome = try edit(staging.database)
            let log = RestoredLog(membership: plan.membership)
            try staging.write(log)
            try RestoredCheck(plan: plan, log: log, meta: outcome.meta).run(staging)
            try Task.checkCancellation()
            let result = RestoredMember(
                plan, sha256: digest, databaseSize: Int(outcome.meta.highWater) * plan.source.pageSize, found)
            if let note = plan.request.note { try staging.write(note.content(result), asNote: note.name) }
            try staging.publish(log, displacing: plan.request.displaces)
            return result
        } catch {
            staging.discard()
            throw (error as? Finding).map { RestoreError.damaged(plan.request.snapshot, [$0]) } ?? error
        }
    }

    private func copy(to path: String, _ progress: (RestoreProgress) -> Void) throws -> Digest? {
        let total = plan.copySize
        // Read now: where nothing is copied it is cut off with what lies behind the image.
        let trailer = plan.source.trailer?.array
        let consumes = plan.request.consumesSnapshot
        if consumes { try Files.rename(plan.source.file.path, to: path) }
        let copy = ImageCopy(
            source: plan.source.file,
            destination: try Files.Descriptor(path, consumes ? O_RDWR : O_RDWR | O_CREAT | O_EXCL), size: total,
            isInPlace: consumes)
        let digest = try copy.run(digesting: plan.checksHash) {
            progress(RestoreProgress(copied: $0, total: total))
        }
        if let digest, let trailer, trailer != digest.bytes {
            throw RestoreError.wrongHash(
                plan.request.snapshot, expected: trailer.hexadecimal, found: digest.description)
        }
        return digest
    }

    private func edit(_ path: String) throws -> DatabaseEdit.Outcome {
        let outcome = try plan.edit().applied(to: plan.source)
        let file = try Files.Descriptor(path, O_RDWR)
        let pageSize = plan.source.pageSize
        try file.resize(to: Int(outcome.meta.highWater) * pageSize)
        try file.write(outcome.pages, at: Int(outcome.firstPage) * pageSize)
        try file.write(outcome.metaBytes, at: Int(outcome.metaPage) * pageSize)
        try file.write(outcome.earlierMetaBytes, at: Int(outcome.earlierMetaPage) * pageSize)
        try file.synchronize()
        return outcome
    }
}
