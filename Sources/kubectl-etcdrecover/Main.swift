import PluginCommands

@main
enum Main {
    static func main() async { await Plugin.runProcess() }
}
