import Cryptography
import FoundationEssentials
import ObjectStore
import Synchronization

/// The authority that signs the certificates of whoever hands rescue copies out. It lies beside the copies, so that it is
/// there for as long as they are: a pod that has been told of it goes on trusting a controller that was started anew.
struct VolumeAuthority: Sendable {
    let store: ObjectStore

    /// No namespace has such a name, so that no copy can.
    private static let file = ".authority.pem"
    private static let longest: Int64 = 64 << 10
    private static let lifetime = Duration.seconds(3650 * 86_400)
    /// It is replaced when it would end before this: long after every recovery that is under way.
    private static let remainder = Duration.seconds(365 * 86_400)

    func open(at now: Date) async throws -> CertificateAuthority {
        let key = try ObjectKey(Self.file)
        if let kept = try await read(key, at: now) { return kept }
        // Damaged, or old.
        try await store.delete(key)
        let made = try CertificateAuthority.make(
            commonName: "etcdrecover rescue copies", at: now, lifetime: Self.lifetime)
        let pem = try made.certificate.pem() + made.key.exposedPEM()
        let source = AsyncThrowingStream<[UInt8], any Error> { stream in
            stream.yield(Array(pem.utf8))
            stream.finish()
        }
        do {
            _ = try await store.put(source, at: key) { _ in ObjectMetadata() }
            return made
        } catch StoreError.exists {
            // Another controller with the same volume was first.
            guard let kept = try await read(key, at: now) else { throw StoreError.exists(store.uri(key)) }
            return kept
        }
    }

    private func read(_ key: ObjectKey, at now: Date) async throws -> CertificateAuthority? {
        let object: StoredObject
        do { object = try await store.head(key) } catch StoreError.notFound { return nil }
        guard object.size <= Self.longest else { return nil }
        let pem = Mutex<[UInt8]>([])
        do {
            try await store.readVerified(object) { chunk in pem.withLock { $0 += chunk } }
        } catch StoreError.damaged {
            return nil
        }
        let bytes = pem.withLock { $0 }
        guard let certificate = try? Certificate.bundle(pem: bytes).first, let key = try? PrivateKey(pem: bytes),
            certificate.notAfter > now + Self.remainder, certificate.isInForce(at: now)
        else { return nil }
        return try? CertificateAuthority(certificate: certificate, key: key)
    }
}
