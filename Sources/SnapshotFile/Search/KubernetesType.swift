/// The head of a built-in object's protobuf form, `runtime.Unknown`: which version and kind the object is of.
struct KubernetesType: Hashable, Sendable {
    /// Empty when the value does not say.
    private(set) var apiVersion = ""
    private(set) var kind = ""

    /// Longer ones are none of Kubernetes'.
    private static let longest = 256

    /// `message`: behind the four magic bytes.
    init(_ message: Bytes) {
        var reader = WireReader(message)
        while let field = try? reader.next() {
            guard field.number == 1, case .bytes(let type) = field.value else { continue }
            var typeReader = WireReader(type)
            while let field = try? typeReader.next() {
                guard case .bytes(let bytes) = field.value, bytes.count <= Self.longest else { continue }
                switch field.number {
                case 1: apiVersion = bytes.text
                case 2: kind = bytes.text
                default: break
                }
            }
        }
    }
}
