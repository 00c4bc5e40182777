import Cryptography
import FoundationEssentials
import TestSupport

/// What a test has put into an etcd: keys, and the SHA-256 of the value that each of them has.
struct KnownKeys: Sendable {
    /// Runs `etcdctl` with arguments and what it reads from stdin.
    typealias Etcdctl = @Sendable (_ arguments: [String], _ input: String) async throws -> Command.Result

    /// In hexadecimal, by key.
    private(set) var digests: [String: String] = [:]
    private var random = PseudoRandom()

    var count: Int64 { Int64(digests.count) }

    /// Fifty keys with values of up to 1 KB, a few of them overwritten; one of 100 KB; one that has more than a byte for each
    /// of its characters, as its value has; and one that is deleted again, and so is none of them.
    static func fill(_ etcdctl: Etcdctl) async throws -> KnownKeys {
        var keys = KnownKeys()
        let names = (0..<50).map { "key/\($0)" }
        var first = names.map { ($0, keys.value(upTo: 1000)) }
        first.append(("deleted", "soon"))
        try await transaction(first.map { "put \($0) \($1)" }, etcdctl)
        var second = names.prefix(5).map { ($0, keys.value(upTo: 1000)) }
        second.append(("größe/数", "\"naïve ☃ 据\""))
        try await transaction(second.map { "put \($0) \($1)" } + ["del deleted"], etcdctl)
        for (name, value) in first.dropLast() + second { try keys.note(name, value.filter { $0 != "\"" }) }
        let large = String((0..<100).flatMap { _ in keys.text(1024) })
        try await output(etcdctl(["put", "large"], large))
        try keys.note("large", large)
        return keys
    }

    /// What an etcd has: of its own data where `isLocal`, else as a majority knows it.
    static func read(isLocal: Bool = false, _ etcdctl: Etcdctl) async throws -> [String: String] {
        struct Answer: Decodable {
            struct Pair: Decodable {
                let key: Data
                let value: Data?
            }
            let kvs: [Pair]?
        }
        let consistency = isLocal ? "s" : "l"
        let json = try await output(etcdctl(["get", "", "--prefix", "--consistency=\(consistency)", "-w", "json"], ""))
        var found: [String: String] = [:]
        for pair in try JSONDecoder().decode(Answer.self, from: Data(json.utf8)).kvs ?? [] {
            found[String(decoding: pair.key, as: UTF8.self)] = try Digest.sha256(Array(pair.value ?? Data()))
                .description
        }
        return found
    }

    /// In what `found` is another than what was put; none where it is just that.
    func differences(from found: [String: String]) -> [String] {
        Set(digests.keys).union(found.keys).sorted().compactMap { key in
            switch (digests[key], found[key]) {
            case (let known?, let value?): known == value ? nil : "\(key) has another value"
            case (_?, nil): "\(key) is missing"
            default: "\(key) is none of those that were put"
            }
        }
    }

    private mutating func note(_ name: String, _ value: String) throws {
        digests[name] = try Digest.sha256(Array(value.utf8)).description
    }

    private mutating func value(upTo longest: Int) -> String { text(16 + Int(random.next() % UInt64(longest - 16))) }

    private mutating func text(_ count: Int) -> String {
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return String((0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
    }

    private static func transaction(_ lines: [String], _ etcdctl: Etcdctl) async throws {
        // No comparison, and nothing for where one would fail.
        try await output(etcdctl(["txn"], "\n\(lines.joined(separator: "\n"))\n\n\n"))
    }

    @discardableResult
    private static func output(_ result: Command.Result) throws -> String {
        guard result.succeeded else { throw MissingPart("etcdctl: \(result.errors)") }
        return result.output
    }
}

/// SplitMix64, from a seed of its own each time.
private struct PseudoRandom: RandomNumberGenerator {
    private var state = UInt64.random(in: .min ... .max)

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
