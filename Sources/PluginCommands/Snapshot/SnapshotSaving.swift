import ClusterAccess
import EtcdClient
import Glibc
import HTTP
import SnapshotFile
import Synchronization

/// Saving a snapshot: observe the members, choose one, and take its stream to where it is to go.
struct SnapshotSaving: Sendable {
    var connection: EtcdConnection
    var target: EtcdTarget?
    /// Of all of it; nil: as long as the transfer does not stall.
    var limit: Duration?
    var console: Console
    let stage = Stage()

    /// Takes a stream to where it is to go, and returns the bytes of it.
    typealias Receiver = @Sendable (SnapshotStream, ChosenMember, TransferReport) async throws -> Int64

    init(connection: EtcdConnection, target: EtcdTarget?, limit: Duration?, console: Console) {
        self.connection = connection
        self.target = target
        self.limit = limit
        self.console = console
    }

    /// What is being done, for whom the time runs out.
    final class Stage: Sendable {
        let text = Mutex("finding the members")

        func enter(_ text: String) { self.text.withLock { $0 = text } }
    }

    /// To `path`, by way of its part. Leaves nothing behind when it fails. A copy of a damaged database gets another name,
    /// whether `path` is there or not.
    func save(to path: String, overwrites: Bool) async throws -> SavedSnapshot {
        let part = try SnapshotSavePart(path, overwrites: overwrites)
        if part.tookOver { console.note("note: \(part.partPath), which an interrupted save left, is written anew") }
        var saved: SavedSnapshot
        do {
            saved = try await limited { try await fill(part) }
            try Task.checkCancellation()
        } catch {
            part.remove()
            if Task.isCancelled { console.note("interrupted; nothing was kept") }
            throw error
        }
        if saved.damage != nil {
            saved.file = part.publishDamaged()
        } else {
            try part.publish()
            saved.file = path
        }
        return saved
    }

    /// Until the disk has all of it and its structure was seen.
    private func fill(_ part: SnapshotSavePart) async throws -> SavedSnapshot {
        var saved = try await transfer { stream, _, report in
            try part.requireSpace(for: stream.totalBytes)
            return try await Self.copy(stream, report) { bytes, offset in try part.write(bytes, at: offset) }
        }
        stage.enter("checking the copy")
        // The disk writes while the processor reads.
        async let synced: Void = Self.offloaded { try part.sync() }
        let summary = try await Self.offloaded { Self.summary(of: part.partPath) }
        try await synced
        switch summary {
        case .success(let summary): saved.summary = summary
        case .failure(let damage): saved.damage = "\(damage)"
        }
        return saved
    }

    /// Ends `work` when the time for all of it is over.
    func limited<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let limit else { return try await work() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let value = first { return value }
            let stage = stage.text.withLock { $0 }
            group.cancelAll()
            // It may just have come to its end.
            if let last = try? await group.next(), let value = last { return value }
            throw CommandFailure(
                "no snapshot within \(limit.text), which ended while \(stage)", hint: "try again, or raise --timeout",
                status: .timeout)
        }
    }

    /// To the standard output.
    func stream() async throws -> SavedSnapshot {
        let output = try Self.pipe(console)
        do {
            return try await limited {
                try await transfer { stream, _, report in
                    try await Self.copy(stream, report) { bytes, _ in try Self.write(bytes, to: output) }
                }
            }
        } catch {
            if Task.isCancelled { console.note("interrupted; what was written is no snapshot") }
            throw error
        }
    }

    /// The standard output, unless a person would see it.
    static func pipe(_ console: Console) throws(CommandFailure) -> Int32 {
        guard !console.isTerminal(.output) else {
            throw CommandFailure(
                "the standard output is a terminal, which a snapshot is of no use on",
                hint: "redirect it, or name a FILE",
                status: .usage)
        }
        return console.output
    }

    func transfer(_ receive: @escaping Receiver) async throws -> SavedSnapshot {
        try await connection.withAccess(to: target, console: console) { access in
            let client = try access.client()
            let saved = try await transfer(access, client, receive)
            await client.shutdown()
            return saved
        }
    }

    private func transfer(
        _ access: EtcdAccess, _ client: EtcdClient, _ receive: @escaping Receiver
    ) async throws -> SavedSnapshot {
        stage.enter("asking the members")
        let choice = try await choose(among: access, client)
        stage.enter("\(choice.name) was sending it")
        let report = TransferReport("saving", on: console)
        do {
            return try await report.during {
                try await client.at(choice.endpoint).withSnapshot { stream in
                    let bytes = try await receive(stream, choice, report)
                    return SavedSnapshot(
                        bytes: bytes, sha256: stream.digest, storageVersion: stream.storageVersion, member: choice)
                }
            }
        } catch let error where error is EtcdError || error is SnapshotStreamError {
            throw CommandFailure(access.describe(error, at: choice.endpoint))
        }
    }

    /// Says which member it is to be, and why; and which of the others gave no answer.
    private func choose(among access: EtcdAccess, _ client: EtcdClient) async throws -> ChosenMember {
        let observations = try await client.observeMembers()
        let choice: SnapshotChoice
        do { choice = try choosingSnapshotMember(observations) } catch {
            let reasons = error.passedOver.map { passedOver in
                let failure = observations.first { $0.endpoint == passedOver.endpoint }?.failure
                return failure.map { access.describe($0, at: passedOver.endpoint) }
                    ?? "\(access.name(of: passedOver.endpoint)): \(passedOver.reason)"
            }
            let unreachable = access.links.filter { $0.endpoint == nil }.map(\.whyNot)
            throw CommandFailure(
                "no member could be saved:" + (unreachable + reasons).map { "\n  \($0)" }.joined(),
                hint: observations.allSatisfy(\.isSilent)
                    ? "a member that was restarted without quorum does not answer: stop it, and where its data lie run "
                        + "kubectl etcdrecover snapshot save --from-data-dir"
                    : nil)
        }
        for link in access.links where link.endpoint == nil {
            console.note("note: passed over: \(link.whyNot)".printable())
        }
        for observation in observations where observation.failure != nil {
            guard let failure = observation.failure else { continue }
            console.note("note: passed over: \(access.describe(failure, at: observation.endpoint))".printable())
        }
        let chosen = ChosenMember(
            choice, observations, at: access.name(of: choice.endpoint), of: access.cluster)
        console.note("saving \(chosen.sentence)".printable())
        return chosen
    }

    /// Returns the bytes that went through.
    private static func copy(
        _ stream: SnapshotStream, _ report: TransferReport,
        to write: (UnsafeRawBufferPointer, _ offset: Int64) throws -> Void
    ) async throws -> Int64 {
        var offset: Int64 = 0
        for try await chunk in stream {
            try chunk.withUnsafeBytes { try write($0, offset) }
            offset += Int64(chunk.count)
            report.record(offset, of: stream.totalBytes)
        }
        return offset
    }

    /// A write to a full pipe would wait where neither Ctrl-C nor the limit is seen: what is no file gets what fits.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws {
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        var rest = bytes[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&ready, 1, 100) > 0 else { continue }
            let count = isFile ? rest.count : min(rest.count, Int(PIPE_BUF))
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR, errno != EAGAIN {
                throw CommandFailure("cannot write the output: \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Runs blocking work beside what this task does meanwhile.
    private static func offloaded<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await Task.detached { try work() }.value
    }

    private static func summary(of path: String) -> Result<SnapshotSummary, any Error> {
        // The lock is our own.
        Result { try SnapshotSummary(of: Database(path: path, readingLocked: true)) }
    }
}

extension MemberObservation {
    /// Nothing of etcd's came back, not even that the question was refused.
    fileprivate var isSilent: Bool {
        switch failure?.kind {
        case .unreachable, .connectionLost, .deadlineExceeded, .unavailable: true
        default: false
        }
    }
}
