import Glibc

/// Why nothing was restored. Whatever it is, nothing stands under the final name.
package enum RestoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `bump` without `mark`, or the other way round.
    case bumpWithoutMark
    case revisionTooHigh(last: Int64, bump: Int64)
    case unusableVersion(kind: String, String)
    case missingHash(String)
    case wrongHash(String, expected: String, found: String)
    /// In bytes.
    case truncated(String, expected: Int, actual: Int)
    case damaged(String, [Finding])
    case dataDirectoryNotEmpty(String, content: [String])
    case notADirectory(String)
    case walDirectoryExists(String, isUnfinished: Bool)
    case directoriesOverlap(data: String, wal: String)
    case underWay(String)
    /// In bytes.
    case noSpace(String, needed: Int, available: Int)
    case failed(String, doing: String, errno: Int32)
    /// What was written does not read back as what was meant.
    case unfaithful(String)

    package var description: String {
        switch self {
        case .bumpWithoutMark:
            "--bump-revision and --mark-compacted go together: a revision that jumps ahead is safe only where all "
                + "revisions before it are marked as compacted"
        case .revisionTooHigh(let last, let bump):
            "--bump-revision \(bump): revision \(last) of the snapshot cannot grow by that much"
        case .unusableVersion(let kind, let text):
            "the \(kind) version in the snapshot is \"\(text)\", which is no version of etcd 3.4 or later: "
                + "whether --target-version can read it is not known"
        case .missingHash(let path):
            "snapshot missing hash but --skip-hash-check=false: \(path) does not end in a SHA-256. If it was saved as a "
                + "snapshot, it was cut off: use another copy. Only a copy of member/snap/db has none and may be restored "
                + "with --skip-hash-check"
        case .wrongHash(let path, let expected, let found):
            "\(path): expected sha256 \(expected), got \(found): the snapshot was damaged after it was taken; "
                + "use another copy"
        case .truncated(let path, let expected, let actual):
            "\(path) was cut off: expected \(expected) bytes, found \(actual); use another copy"
        case .damaged(let path, let findings):
            "\(path) is damaged: " + findings.prefix(3).map(\.description).joined(separator: "; ")
                + (findings.count > 3 ? "; and \(findings.count - 3) more" : "")
                + "; use another copy. All that is wrong with this one lists: snapshot verify"
        case .dataDirectoryNotEmpty(let path, let content):
            "data-dir \"\(path)\" not empty or could not be read: it has " + content.prefix(3).joined(separator: ", ")
                + (content.count > 3 ? ", …" : "") + "; name another, or move it away"
        case .notADirectory(let path): "\(path) is not a directory"
        case .walDirectoryExists(let path, let isUnfinished):
            "wal-dir \"\(path)\" exists"
                + (isUnfinished
                    ? ": a restore was interrupted between its last steps. Remove it and the data-dir of that restore, "
                        + "and restore again" : "")
        case .directoriesOverlap(let data, let wal):
            "wal-dir \"\(wal)\" and data-dir \"\(data)\" must not hold one another; \"\(data)/member/wal\" is the usual place"
        case .underWay(let path): "another restore is under way: \(path) is in use"
        case .noSpace(let path, let needed, let available):
            "too little space for \(path): \(needed) bytes are needed, \(available) are free"
        case .failed(let path, let action, let code):
            "cannot \(action) \(path): \(String(cString: strerror(code)))"
        case .unfaithful(let reason): "what was written does not read back: \(reason)"
        }
    }
}
