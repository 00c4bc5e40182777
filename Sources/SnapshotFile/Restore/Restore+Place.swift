extension Restore {
    /// Throws unless the place of a request is free and has room for `size` bytes of database and the log beside it. What
    /// killed restores left there goes first, where the request says so. The snapshot need not exist yet.
    package static func clearPlace(of request: RestoreRequest, for size: Int) throws(RestoreError) {
        let target = try RestorePlan.target(of: request)
        if request.removesLeftovers { for path in target.leftovers { Files.remove(path) } }
        try target.checkSpace(for: size)
    }

    /// Whether a restore was killed between the renames that it takes where the log has a directory of its own. What is
    /// there then is the restore's alone: no etcd starts on it.
    package static func wasInterrupted(atLog walDirectory: String) -> Bool {
        Files.exists("\(walDirectory)/\(Staging.withheldLog)")
    }

    /// Removes what such a restore left: its log, and `member` where that had got its name already.
    package static func discardInterrupted(atLog walDirectory: String, member: String?) {
        guard wasInterrupted(atLog: walDirectory) else { return }
        // The data first: what bars etcd from it goes last.
        if let member { Files.remove(member) }
        Files.remove(walDirectory)
    }
}
