package import ArgumentParser

/// What the shell sees.
package enum ExitStatus: Int32, Sendable {
    /// The operation did what was asked.
    case success = 0
    case failure = 1
    /// The command line makes no sense.
    case usage = 2
    /// There is nothing to do: the cluster that was to be recovered has its quorum.
    case nothingToDo = 3
    case timeout = 124
    case interrupted = 130

    package var exitCode: ExitCode { ExitCode(rawValue) }
}

/// Why a command ends without success: what and where, and what to do next.
package struct CommandFailure: Error, Hashable, CustomStringConvertible {
    package var message: String
    package var hint: String?
    package var status: ExitStatus

    package init(_ message: String, hint: String? = nil, status: ExitStatus = .failure) {
        self.message = message
        self.hint = hint
        self.status = status
    }

    package var description: String { hint.map { "\(message)\n\($0)" } ?? message }
}
