import FoundationEssentials
import YAML

extension Kubeconfig {
    /// One file, its relative paths resolved against its own directory; nil when there is no such file.
    static func read(_ path: String, purpose: String) throws(KubeconfigError) -> Kubeconfig? {
        let bytes: [UInt8]?
        do {
            bytes = try readFileIfPresent(path)
        } catch {
            throw .cannotRead(file: path, purpose: purpose, reason: error.reason)
        }
        guard let bytes else { return nil }
        var config = try parse(bytes, file: path)
        config.resolvePaths(against: directory(of: path))
        return config
    }

    static func parse(_ bytes: [UInt8], file: String) throws(KubeconfigError) -> Kubeconfig {
        let json: [UInt8]
        do {
            // Like client-go, only the first document counts.
            guard let document = try YAMLParser.documents(in: bytes).first else { return Kubeconfig() }
            json = try document.jsonBytes()
        } catch {
            throw .malformed(
                file: file, problem: "\(error.mark.line):\(error.mark.column): \(error.messageWithoutText)")
        }
        do {
            return try JSONDecoder().decode(Kubeconfig.self, from: Data(json))
        } catch {
            let problem = DecodingProblem(error)
            throw .malformed(file: file, problem: " \(problem.path): \(problem.reason)")
        }
    }

    /// As kubectl merges: an entry comes whole from the first file that has its name.
    mutating func merge(_ later: Kubeconfig) {
        currentContext = currentContext ?? later.currentContext
        clusters.merge(later.clusters) { first, _ in first }
        contexts.merge(later.contexts) { first, _ in first }
        users.merge(later.users) { first, _ in first }
    }

    private mutating func resolvePaths(against directory: String) {
        clusters = clusters.mapValues { cluster in
            var cluster = cluster
            cluster.certificateAuthority = absolute(cluster.certificateAuthority, in: directory)
            return cluster
        }
        users = users.mapValues { user in
            var user = user
            user.clientCertificate = absolute(user.clientCertificate, in: directory)
            user.clientKey = absolute(user.clientKey, in: directory)
            user.tokenFile = absolute(user.tokenFile, in: directory)
            // A bare name is looked up on the PATH.
            if let command = user.exec?.command, command.contains("/") {
                user.exec?.command = absolute(command, in: directory)
            }
            return user
        }
    }
}

private func absolute(_ path: String?, in directory: String) -> String? {
    guard let path = path.nonEmpty, !path.hasPrefix("/") else { return path }
    return joined(directory, path)
}

/// The directory a file is in, absolute.
private func directory(of path: String) -> String {
    let absolute = path.hasPrefix("/") ? path : joined(FileManager.default.currentDirectoryPath, path)
    let parent = absolute.lastIndex(of: "/").map { String(absolute[..<$0]) } ?? ""
    return parent.isEmpty ? "/" : parent
}

/// Joins and takes out `.` and `..`, as Go's `filepath.Join` does.
private func joined(_ directory: String, _ relative: String) -> String {
    var segments: [Substring] = []
    for segment in "\(directory)/\(relative)".split(separator: "/") {
        switch segment {
        case ".": continue
        case "..": _ = segments.popLast()
        default: segments.append(segment)
        }
    }
    return "/" + segments.joined(separator: "/")
}
