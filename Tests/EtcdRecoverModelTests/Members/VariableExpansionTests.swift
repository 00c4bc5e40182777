import EtcdRecoverModel
import Testing

struct VariableExpansionTests {
    @Test(arguments: [
        ("$(A)-$(B)", "1-$(B)"), ("$$(A)", "$(A)"), ("$$$(A)", "$1"), ("$A", "$A"), ("a$(", "a$("), ("", ""),
        ("$(X$(A))", "$(X$(A))"), ("a$", "a$"), ("$$$$", "$$"), ("$(A)$(A)", "11"), ("$()", "$()"),
    ])
    func referencesAreTheKubelets(_ text: String, expected: String) {
        #expect(text.expandingReferences { ["A": "1"][$0] } == expected)
    }

    @Test(arguments: ["plain", "$(A)", "$$", "a$b$(", #"{"key":"$(A)/$$x"}"#])
    func whatIsEscapedComesBackAsItWas(_ text: String) {
        #expect(text.escapingReferences.expandingReferences { ["A": "1"][$0] } == text)
    }

    @Test(arguments: [
        ("${A}x$A", "1x1"), ("${A:-2}", "${A:-2}"), ("$B", "$B"), ("$(hostname)", "$(hostname)"), ("$", "$"),
    ])
    func onlyPlainVariablesOfAShellAreExpanded(_ text: String, expected: String) {
        #expect(text.expandingShellVariables { ["A": "1"][$0] } == expected)
    }
}
