package import Cryptography
package import EtcdRecoverModel
package import FoundationEssentials
import Glibc
import ObjectStore

/// A directory of the controller's own, where rescue copies lie that no object store takes: a store as others are.
///
/// A copy of `NAMESPACE/UID OF THE RECOVERY/MEMBER-TIME.db` has that name only when all of it is there and on the disk.
package struct RescueVolume: Sendable {
    let directory: String
    /// Who hands the copies out.
    package let server: EtcdRecovery.RescueServer
    /// What its certificates are signed with.
    package let authority: CertificateAuthority

    /// Left free, for what file systems need and snapshots that grow meanwhile.
    private static let margin: Int64 = 32 << 20

    /// The directory has to be there. Its authority is made with the first opening and stays, since pods are told of it.
    package static func open(directory: String, url: String, at now: Date = Date()) async throws -> RescueVolume {
        let authority = try await VolumeAuthority(store: ObjectStore(FileBackend(directory))).open(at: now)
        return RescueVolume(
            directory: directory,
            server: EtcdRecovery.RescueServer(url: url, caBundle: try authority.certificate.pem()), authority: authority
        )
    }

    func store(limits: TransferLimits = TransferLimits()) -> ObjectStore {
        ObjectStore(FileBackend(directory), limits: limits)
    }

    /// Throws where a copy of that many bytes would not fit.
    func checkRoom(for bytes: Int64, of member: String) throws(Failure) {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else {
            throw Failure(
                reason: .storeRefused,
                message: "cannot look at \(directory), where rescue copies go: \(String(cString: strerror(errno)))",
                mayPass: true)
        }
        let (free, isBeyond) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        guard let failure = Self.shortage(of: bytes, for: member, free: isBeyond ? .max : free) else { return }
        throw failure
    }

    static func shortage(of bytes: Int64, for member: String, free: Int64) -> Failure? {
        guard bytes > free - margin else { return nil }
        return Failure(
            reason: .noSpace,
            message:
                "the snapshot of \(member) has \(bytes >> 20) MiB, and the controller's volume for rescue copies has "
                + "\(max(0, free) >> 20) MiB free, of which \(margin >> 20) stay so: enlarge it, delete EtcdRecoveries whose "
                + "copies nobody needs, or set spec.destination", mayPass: false)
    }

    /// Takes these copies away, and the directories that are empty then. Returns why any is still there.
    func discard(_ keys: Set<ObjectKey>) async -> [String] {
        let store = store()
        var failures: [String] = []
        for key in keys.sorted() {
            do { try await store.delete(key) } catch { failures.append("\(error)") }
            var folder = key.text[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                rmdir("\(directory)/\(folder)")
            }
        }
        return failures
    }
}
