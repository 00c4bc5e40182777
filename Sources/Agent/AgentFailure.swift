import Cryptography
package import EtcdRecoverModel
import Glibc
import HTTP
import ObjectStore
import SnapshotFile

/// Why a member's data was not laid, in words for whoever reads the restore's status.
package struct AgentFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: AgentReport.Reason
    package let message: String
    /// Another try may fare better, without anybody doing anything.
    package var isTransient = false

    package init(_ reason: AgentReport.Reason, _ message: String, isTransient: Bool = false) {
        self.reason = reason
        self.message = message
        self.isTransient = isTransient
    }

    package var description: String { message }
}

extension AgentFailure {
    /// - Parameter place: the snapshot's URI.
    init(_ error: any Error, from place: String) {
        let text = "\(error)"
        switch error {
        case let failure as AgentFailure: self = failure
        case let error as StoreError: self.init(error, text)
        case let error as RestoreError: self.init(error, text)
        case is SnapshotFile.Finding: self.init(.snapshotCorrupt, "\(place) is damaged: \(text)")
        case MappingError.empty: self.init(.snapshotCorrupt, text)
        case is MembershipError: self.init(.unsupportedMember, text)
        case let error as HTTPError: self.init(.storeUnreachable, "\(error)", isTransient: true)
        case is CancellationError: self.init(.interrupted, "the restore was told to stop; the next run starts anew")
        default: self.init(.restoreFailed, text)
        }
    }

    private init(_ error: StoreError, _ text: String) {
        switch error {
        case .notFound, .noBucket: self.init(.snapshotNotFound, text)
        case .denied, .noCredentials, .locked: self.init(.storeAccessDenied, text)
        case .damaged, .wrongSize: self.init(.snapshotCorrupt, text)
        // Replaced while it was read: what is there now is read from its beginning.
        case .changed: self.init(.snapshotChanged, text, isTransient: true)
        case .unreachable, .unusableAnswer: self.init(.storeUnreachable, text, isTransient: true)
        case .refused(_, _, let status, _, _):
            self.init(.storeRefused, text, isTransient: status >= 500 || status == 429 || status == 408)
        case .invalidKey, .invalidLocation: self.init(.invalidOrder, text)
        case .exists, .cannotTellWhetherExists, .sourceTooSlow, .tooLarge, .outcomeUnknown, .file:
            self.init(.restoreFailed, text)
        }
    }

    private init(_ error: RestoreError, _ text: String) {
        switch error {
        case .missingHash, .wrongHash, .truncated, .damaged: self.init(.snapshotCorrupt, text)
        case .noSpace: self.init(.noSpace, text)
        case .dataDirectoryNotEmpty, .walDirectoryExists: self.init(.dataDirectoryNotEmpty, text)
        case .notADirectory, .directoriesOverlap: self.init(.unsupportedMember, text)
        case .bumpWithoutMark, .revisionTooHigh, .unusableVersion: self.init(.invalidOrder, text)
        case .failed(_, _, let code): self.init(Self.reason(ofSystemError: code), text)
        case .underWay, .unfaithful: self.init(.restoreFailed, text)
        }
    }

    static func reason(ofSystemError code: Int32) -> AgentReport.Reason {
        switch code {
        case ENOSPC, EDQUOT: .noSpace
        case EACCES, EPERM, EROFS: .volumeNotWritable
        default: .restoreFailed
        }
    }

    /// What a call of the system said.
    static func system(_ action: String, _ path: String) -> AgentFailure {
        let code = errno
        return AgentFailure(
            reason(ofSystemError: code), "cannot \(action) \(path): \(String(cString: strerror(code)))")
    }
}
