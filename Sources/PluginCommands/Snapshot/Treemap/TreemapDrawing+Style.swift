extension TreemapDrawing {
    /// How many hues there are; further types begin again with the first.
    static let colors = 8

    /// Light or dark, as the reader's system has it. The contrast of text to fill is above 7 to 1 in both.
    static let style: String = {
        let hues = [210, 28, 145, 275, 350, 185, 50, 320]
        func rules(_ fill: (Int) -> String) -> String {
            hues.enumerated().map { "  .c\($0.offset) { --fill: \(fill($0.element)); }\n" }.joined()
        }
        return """
            svg { --ground: #ffffff; --ink: #14181d; --edge: rgb(0 0 0 / 0.35); --part: rgb(255 255 255 / 0.45);
              font-family: system-ui, sans-serif; font-size: 12px; }
            .ground { fill: var(--ground); }
            .type { fill: var(--fill); }
            .part { fill: var(--part); stroke: var(--edge); stroke-width: 0.5; }
            g:hover > .part, g:hover > .type { stroke: var(--ink); stroke-width: 1.5; }
            svg text { fill: var(--ink); pointer-events: none; }
            .name { font-size: 14px; font-weight: 600; }
            .figure { font-weight: 400; }

            """ + rules { "hsl(\($0) 62% 80%)" } + """
                  .other { --fill: hsl(0 0% 82%); }
                @media (prefers-color-scheme: dark) {
                  svg { --ground: #101418; --ink: #f3f5f7; --edge: rgb(255 255 255 / 0.35); --part: rgb(0 0 0 / 0.28); }

                """ + rules { "hsl(\($0) 40% 27%)" } + "  .other { --fill: hsl(0 0% 28%); }\n}\n"
    }()
}
