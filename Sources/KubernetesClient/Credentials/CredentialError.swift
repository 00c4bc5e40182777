/// Why there are no credentials to present. No case carries one, nor anything a plugin printed.
package enum CredentialError: Error, Equatable, Sendable {
    case cannotRead(file: String, purpose: String, reason: String)
    case pluginNotFound(command: String, installHint: String?)
    case pluginCannotStart(command: String, reason: String)
    /// What it wrote to stderr went to ours.
    case pluginFailed(command: String, status: String)
    case pluginTimedOut(command: String, after: Duration)
    case pluginOutputTooLarge(command: String, limit: Int)
    case pluginOutputInvalid(command: String, reason: String)
    case pluginNeedsTerminal(command: String)
    case pluginCredentialExpired(command: String, at: String)
}

extension CredentialError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotRead(let file, let purpose, let reason): "cannot read \(file) (\(purpose)): \(reason)"
        case .pluginNotFound(let command, let hint?):
            "the credential plugin \(command) is not installed\n\(hint)"
        case .pluginNotFound(let command, nil):
            "the credential plugin \(command) is not installed; put it on the PATH, or correct the kubeconfig"
        case .pluginCannotStart(let command, let reason): "the credential plugin \(command) does not start: \(reason)"
        case .pluginFailed(let command, let status):
            "the credential plugin \(command) failed with \(status); its own message is above"
        case .pluginTimedOut(let command, let limit):
            "the credential plugin \(command) did not finish within \(limit) and was stopped; run it by hand to see why"
        case .pluginOutputTooLarge(let command, let limit):
            "the credential plugin \(command) printed more than \(limit) bytes; it must print one ExecCredential"
        case .pluginOutputInvalid(let command, let reason):
            "the credential plugin \(command) did not print a usable ExecCredential: \(reason)"
        case .pluginNeedsTerminal(let command):
            "the credential plugin \(command) needs a terminal (interactiveMode: Always) and standard input is none"
        case .pluginCredentialExpired(let command, let time):
            "the credential plugin \(command) gave a credential that expired at \(time); log in again with it"
        }
    }
}
