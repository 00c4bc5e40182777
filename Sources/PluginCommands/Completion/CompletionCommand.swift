import ArgumentParser

struct CompletionCommand: ParsableCommand {
    enum Shell: String, CaseIterable, ExpressibleByArgument, Sendable { case bash, zsh, fish }

    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            The script completes the program's own name, kubectl-etcdrecover, with the names of live objects:

              source <(kubectl etcdrecover completion bash)
              source <(kubectl etcdrecover completion zsh)
              kubectl etcdrecover completion fish | source

            For "kubectl etcdrecover", kubectl (1.26 or newer) asks the program kubectl_complete-etcdrecover, which \
            belongs on the PATH beside this one; the plugin's archive has both.
            """
    )

    @Argument(help: "Shell to print the script for")
    var shell: Shell

    @OptionGroup(visibility: .hidden) var connection: ConnectionOptions
    @OptionGroup var color: ColorOptions

    func run() throws {
        try color.console.print(shell.script)
    }
}

extension CompletionCommand.Shell {
    var script: String {
        switch self {
        case .bash: Self.bashScript
        case .zsh: Self.zshScript
        case .fish: Self.fishScript
        }
    }

    private static let bashScript = #"""
        # bash completion for kubectl-etcdrecover
        _kubectl_etcdrecover() {
            local current=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]:1:COMP_CWORD}") cword=$COMP_CWORD
            local reply line value
            if declare -F _get_comp_words_by_ref >/dev/null; then
                # Undoes the splitting of words at = and :
                _get_comp_words_by_ref -n "=:" -c current -w words -i cword
                words=("${words[@]:1:cword}")
            fi
            COMPREPLY=()
            reply=$(kubectl-etcdrecover __complete "${words[@]}" 2>/dev/null) || return
            while IFS= read -r line; do
                value=${line%%$'\t'*}
                case $line in
                    :4) ;;
                    :*) compopt -o default 2>/dev/null ;;
                    *) COMPREPLY+=("$(printf %q "$value")") ;;
                esac
            done <<<"$reply"
            if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
        }
        complete -F _kubectl_etcdrecover kubectl-etcdrecover
        """#

    private static let zshScript = #"""
        #compdef kubectl-etcdrecover
        _kubectl_etcdrecover() {
            local line value
            local -a candidates
            for line in "${(@f)$(kubectl-etcdrecover __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
                case $line in
                    :4) ;;
                    :*) _files ;;
                    *)
                        value=${line%%$'\t'*}
                        value=${value//:/\\:}
                        if [[ $line == *$'\t'* ]]; then value+=:${line#*$'\t'}; fi
                        candidates+=("$value")
                        ;;
                esac
            done
            if (( ${#candidates} )); then _describe 'kubectl-etcdrecover' candidates; fi
        }
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
            _kubectl_etcdrecover "$@"
        else
            compdef _kubectl_etcdrecover kubectl-etcdrecover
        fi
        """#

    private static let fishScript = #"""
        # fish completion for kubectl-etcdrecover
        function __kubectl_etcdrecover_complete
            set -l words (commandline -opc)[2..-1] (commandline -ct)
            set -l reply (kubectl-etcdrecover __complete $words 2>/dev/null)
            for line in $reply
                switch $line
                    case ':4'
                    case ':*'
                        __fish_complete_path (commandline -ct)
                    case '*'
                        echo $line
                end
            end
        end
        complete -c kubectl-etcdrecover -f -a '(__kubectl_etcdrecover_complete)'
        """#
}
