import EtcdClient
import Glibc
import HTTP
import SnapshotFile

/// Saving a snapshot: observe the members, choose one, and take its stream to where it is to go.
struct SnapshotSaving: Sendable {
    var connection: EtcdConnection
    var target: EtcdTarget?
    /// Of the transfer; nil: as long as it does not stall.
    var limit: Duration?
    var console: Console

    /// To `path`, by way of its part. Leaves nothing behind when it fails.
    func save(to path: String, overwrites: Bool) async throws -> SavedSnapshot {
        let part = try SnapshotSavePart(path, overwrites: overwrites)
        if part.tookOver { console.note("note: \(part.partPath), which an interrupted save left, is written anew") }
        var saved: SavedSnapshot
        do {
            saved = try await transfer { stream, report in
                try part.requireSpace(for: stream.totalBytes)
                return try await Self.copy(stream, report) { bytes, offset in try part.write(bytes, at: offset) }
            }
            // The disk writes while the processor reads.
            async let synced: Void = Self.offloaded { try part.sync() }
            let summary = try await Self.offloaded { Self.summary(of: part.partPath) }
            try await synced
            switch summary {
            case .success(let summary): saved.summary = summary
            case .failure(let damage): saved.damage = "\(damage)"
            }
            try Task.checkCancellation()
        } catch {
            part.remove()
            throw error
        }
        try part.publish()
        saved.file = path
        return saved
    }

    /// To the standard output.
    func stream() async throws -> SavedSnapshot {
        let output = console.output
        guard !console.isTerminal(.output) else {
            throw CommandFailure(
                "the standard output is a terminal, which a snapshot is of no use on",
                hint: "redirect it, or name a FILE",
                status: .usage)
        }
        return try await transfer { stream, report in
            try await Self.copy(stream, report) { bytes, _ in try Self.write(bytes, to: output) }
        }
    }

    private func transfer(
        _ receive: @escaping @Sendable (SnapshotStream, SnapshotSaveReport) async throws -> Int64
    ) async throws -> SavedSnapshot {
        try await connection.withAccess(to: target, console: console) { access in
            let client = try access.client()
            let saved = try await transfer(access, client, receive)
            await client.shutdown()
            return saved
        }
    }

    private func transfer(
        _ access: EtcdAccess, _ client: EtcdClient,
        _ receive: @escaping @Sendable (SnapshotStream, SnapshotSaveReport) async throws -> Int64
    ) async throws -> SavedSnapshot {
        let choice = try await choose(among: access, client)
        let report = SnapshotSaveReport(on: console)
        do {
            return try await withThrowingTaskGroup(of: SavedSnapshot?.self) { group in
                group.addTask {
                    await report.run()
                    return nil
                }
                group.addTask {
                    try await client.at(choice.endpoint).withSnapshot(
                        deadlines: EtcdClient.snapshotDeadlines(total: limit)
                    ) { stream in
                        let bytes = try await receive(stream, report)
                        return SavedSnapshot(
                            bytes: bytes, sha256: stream.digest, storageVersion: stream.storageVersion, member: choice)
                    }
                }
                defer { group.cancelAll() }
                while let ended = try await group.next() {
                    if let ended { return ended }
                }
                throw CancellationError()
            }
        } catch let error as EtcdError where error.kind == .deadlineExceeded && limit != nil {
            throw CommandFailure(access.describe(error, at: choice.endpoint), status: .timeout)
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
                "no member could be saved:" + (unreachable + reasons).map { "\n  \($0)" }.joined())
        }
        for link in access.links where link.endpoint == nil {
            console.note("note: passed over: \(link.whyNot)".printable())
        }
        for observation in observations where observation.failure != nil {
            guard let failure = observation.failure else { continue }
            console.note("note: passed over: \(access.describe(failure, at: observation.endpoint))".printable())
        }
        let chosen = ChosenMember(choice, observations, at: access.name(of: choice.endpoint))
        console.note("saving \(chosen.sentence)".printable())
        return chosen
    }

    /// Returns the bytes that went through.
    private static func copy(
        _ stream: SnapshotStream, _ report: SnapshotSaveReport,
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

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 1000)
            } else if errno != EINTR {
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
