import EtcdRecoverModel
import FoundationEssentials

/// The columns of `list`: those that the CRD gives to `kubectl get`, and more for `-o wide`.
struct ObjectColumns: Sendable {
    var columns: [PrinterColumn]

    init<Kind: ManagedResource>(of kind: Kind.Type, isWide: Bool) {
        columns = kind.printerColumns + (isWide ? kind == EtcdRecovery.self ? Self.wideRecovery : Self.wide : [])
    }

    /// What an operator looks for next: why it failed, how large it is, when it was done.
    private static let wide = [
        PrinterColumn(name: "Completed", type: "date", jsonPath: ".status.completionTime"),
        PrinterColumn(name: "Size", type: "bytes", jsonPath: ".status.snapshotSizeBytes"),
        PrinterColumn(
            name: "Message", type: "string", jsonPath: ".status.conditions[?(@.type==\"Succeeded\")].message"),
    ]

    private static let wideRecovery = [
        PrinterColumn(name: "Detected", type: "date", jsonPath: ".status.detectedTime"),
        PrinterColumn(name: "Completed", type: "date", jsonPath: ".status.completionTime"),
        PrinterColumn(name: "Attempts", type: "integer", jsonPath: ".status.attempts"),
        PrinterColumn(name: "Message", type: "string", jsonPath: ".status.message"),
    ]

    func table(of objects: [JSONValue], withNamespace: Bool, now: Date) -> Table {
        let head = (withNamespace ? ["NAMESPACE"] : []) + ["NAME"]
        return Table(
            columns: head + columns.map { $0.name.uppercased() },
            rows: objects.map { object in
                let name = object["metadata"]?["name"]?.string ?? ""
                let namespace = object["metadata"]?["namespace"]?.string ?? ""
                return
                    ((withNamespace ? [namespace] : []) + [name]
                    + columns.map { $0.cell(of: object, now: now) }).map { $0.printable() }
            })
    }
}

extension PrinterColumn {
    fileprivate func cell(of object: JSONValue, now: Date) -> String {
        let value = JSONPath(jsonPath).first(in: object)
        return switch (type, value) {
        case ("date", .string(let time)?): Timestamp(rawValue: time).age(now: now)
        case ("bytes", .int(let bytes)?): bytes.binarySize
        case (_, let value?): value.cellText
        case (_, nil): ""
        }
    }
}

extension JSONValue {
    /// As it stands in a table or behind a label.
    var cellText: String {
        switch self {
        case .null: ""
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .string(let value): value
        case .array, .object: "<\(typeName)>"
        }
    }
}

extension Int64 {
    /// With three digits at least and the unit Kubernetes uses: `1234567890` is `1.15Gi`.
    var binarySize: String {
        var amount = Double(self)
        for unit in ["", "Ki", "Mi", "Gi", "Ti"] {
            if amount < 1024 || unit == "Ti" {
                if unit.isEmpty { return "\(self)" }
                let scale: Double = amount < 10 ? 100 : amount < 100 ? 10 : 1
                let text = ((amount * scale).rounded() / scale).description
                return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + unit
            }
            amount /= 1024
        }
        return "\(self)"
    }
}
