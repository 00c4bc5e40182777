import FoundationEssentials

/// What `make test` prepared and exported, read once. Nothing here looks at `KUBECONFIG`: that may be production.
package enum TestEnvironment {
    package static let variables = ProcessInfo.processInfo.environment

    /// Set by `make test`: a suite whose part is missing fails instead of being skipped.
    package static let requiresEverything = variables["ETCDRECOVER_TEST_REQUIRE"] == "1"

    /// The directory with `etcdrecover` and `kubectl-etcdrecover`: where the test program itself was built.
    package static let programs: String =
        variables["ETCDRECOVER_TEST_PROGRAMS"]
        ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        .map { String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)]) } ?? "."
}

/// A part of the test environment that is not there, and how to get it.
package struct MissingPart: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
