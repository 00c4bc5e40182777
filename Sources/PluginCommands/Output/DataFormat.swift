import ArgumentParser
import EtcdRecoverModel

/// The forms for programs. Fields may be added to either; a reader passes over those it does not know.
enum DataFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case json, yaml
}

extension JSONValue {
    func rendered(as format: DataFormat) -> String {
        switch format {
        case .json: jsonText() + "\n"
        case .yaml: yamlText()
        }
    }
}
