import FoundationEssentials
import TestSupport

extension TemporaryDirectory {
    /// A shell script as an exec plugin; returns its path.
    func script(_ body: String) throws -> String {
        let file = try write("#!/bin/sh\n\(body)\n", to: "plugin")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file)
        return file
    }

    func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(of: name), withIntermediateDirectories: true)
    }
}
