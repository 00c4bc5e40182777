import FoundationEssentials
import Testing
import YAML

@testable import EtcdRecoverModel

/// Files in the repository that are made from the model.
@Suite struct GeneratedFilesTests {
    private static let root = {
        var url = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    @Test func theRulesPageIsCurrent() throws {
        let page = try String(contentsOfFile: Self.root + "/docs/rules.md", encoding: .utf8)
        #expect(page == RuleCatalogue.markdown)
    }

    @Test(arguments: CustomResourceDefinition.manifests.map(\.file))
    func theCRDsAreCurrent(_ file: String) throws {
        let text = try String(contentsOfFile: Self.root + "/webhook-deploy/crds/\(file)", encoding: .utf8)
        let document = try #require(YAMLParser.read(Array(text.utf8)).documents.first)
        let value = try JSONDecoder().decode(JSONValue.self, from: Data(document.jsonBytes()))
        #expect(value == CustomResourceDefinition.manifests.first { $0.file == file }?.manifest)
    }
}
