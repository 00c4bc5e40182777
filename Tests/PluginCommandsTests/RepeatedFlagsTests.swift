import ArgumentParser
import EtcdRecoverModel
import Testing

@testable import PluginCommands

struct RepeatedFlagsTests {
    @Test func hintsRepeatWhereTheObjectIs() throws {
        let options = try ConnectionOptions.parse([
            "-n", "db", "--context", "it's prod", "--kubeconfig=/etc/kube/config", "--request-timeout", "5s",
        ])
        let flags = #" -n db --context 'it'\''s prod' --kubeconfig /etc/kube/config"#
        #expect(options.repeated == flags)
        #expect(try ConnectionOptions.parse([]).repeated == "")
        let endings: [(JobWait<EtcdBackup>.Ending, String)] = [
            (.unreachable("failed: no"), "see: kubectl etcdrecover backup describe a"),
            (.timedOut(phase: nil, trouble: nil), "wait for more: kubectl etcdrecover wait backup/a"),
            (.interrupted, "wait again: kubectl etcdrecover wait backup/a"),
        ]
        for (ending, hint) in endings {
            let failure = #expect(throws: CommandFailure.self) {
                try ending.outcome("backup/a", goal: .phase("Completed"), timeout: .seconds(1), flags: flags)
            }
            #expect(failure?.hint == hint + flags)
        }
    }
}
