import EtcdRecoverModel
import YAML

/// The objects of a set of files, and what could not be read of them.
struct Manifests: Sendable {
    var files: [String] = []
    var objects: [ManifestObject] = []
    /// Documents that are no Kubernetes objects.
    var otherDocuments = 0
    var findings: [LocatedFinding] = []

    /// Reads every file to its first error; one broken file hides nothing of the others. An argument's own file must have
    /// a document, one that was found in a directory need not. `namespace` is for objects that name none.
    init(_ arguments: [String], recursive: Bool, namespace: String) {
        (files, findings) = ManifestFiles.find(arguments, recursive: recursive)
        let named = Set(arguments.map(ManifestFiles.reportedName))
        for file in files {
            do throws(FileBytes.Failure) {
                add(
                    try FileBytes.read(file), from: file == "-" ? Self.standardInputName : file, namespace: namespace,
                    mayBeEmpty: !named.contains(file))
            } catch {
                findings.append(.file(file, .unreadableFile, error.message))
            }
        }
        files = files.map { $0 == "-" ? Self.standardInputName : $0 }
        let known = Set(files)
        for finding in findings where !known.contains(finding.place.file) { files.append(finding.place.file) }
    }

    static let standardInputName = "stdin"

    private mutating func add(_ bytes: [UInt8], from file: String, namespace: String, mayBeEmpty: Bool) {
        let result = YAMLParser.read(bytes)
        for document in result.documents {
            let found = ManifestObject.objects(in: document, file: file, namespace: namespace)
            if found.isEmpty, document.value(forKey: "items") == nil { otherDocuments += 1 }
            objects += found
        }
        if let error = result.error {
            findings.append(
                .file(
                    file, line: error.mark.line, column: error.mark.column, .malformedFile, error.messageWithoutText))
        } else if !mayBeEmpty, result.documents.allSatisfy({ $0.jsonValue == .null }) {
            findings.append(.file(file, .emptyFile, "is empty: nothing was checked"))
        }
    }
}
