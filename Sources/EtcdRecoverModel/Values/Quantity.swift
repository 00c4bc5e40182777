/// A Kubernetes quantity as it was written (`1Gi`, `500Mi`, `2`): a string or a plain number in JSON.
package struct Quantity: RawRepresentable, Hashable, Sendable {
    package var rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}

extension Quantity: Codable {
    // By hand: Kubernetes takes `5` as well as `"5"`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            rawValue = text
        } else if let whole = try? container.decode(Int64.self) {
            rawValue = String(whole)
        } else {
            rawValue = String(try container.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
