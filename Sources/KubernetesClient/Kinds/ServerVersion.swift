/// What `/version` says.
package struct ServerVersion: Codable, Equatable, Sendable {
    /// `1`, `20+`
    package var major: String
    package var minor: String
    /// `v1.20.2`
    package var gitVersion: String
    package var platform: String?
}
