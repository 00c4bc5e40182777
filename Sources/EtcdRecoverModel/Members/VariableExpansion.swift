extension String {
    /// As the kubelet expands `command`, `args` and the values of `env`: `$(NAME)` is the variable's value, or stays as it
    /// is where there is no such variable, and `$$` is a dollar sign.
    package func expandingReferences(_ value: (String) -> String?) -> String {
        var result = ""
        var rest = self[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[index(after: dollar)...]
            switch rest.first {
            case "$":
                result += "$"
                rest.removeFirst()
            case "(":
                guard let end = rest.firstIndex(of: ")") else {
                    result += "$"
                    continue
                }
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += value(name) ?? "$(\(name))"
                rest = rest[rest.index(after: end)...]
            default: result += "$"
            }
        }
        return result + rest
    }

    /// What the kubelet turns into this text, whatever the variables are.
    package var escapingReferences: String { replacing("$", with: "$$") }

    /// A shell's plain `${NAME}` and `$NAME`. Anything cleverer stays as it is.
    package func expandingShellVariables(_ value: (String) -> String?) -> String {
        var result = ""
        var rest = self[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let behind = rest[rest.index(after: dollar)...]
            let isBraced = behind.first == "{"
            let name = (isBraced ? behind.dropFirst() : behind).prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")
            }
            let end =
                isBraced
                ? behind[name.endIndex...].first == "}" ? behind.index(after: name.endIndex) : nil : name.endIndex
            if !name.isEmpty, let end, let value = value(String(name)) {
                result += value
                rest = rest[end...]
            } else {
                result += "$"
                rest = behind
            }
        }
        return result + rest
    }
}
