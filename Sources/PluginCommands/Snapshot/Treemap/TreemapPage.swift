import SnapshotFile

/// The treemap as a page that needs nothing else: no script, no other file, no network. Below the drawing the same figures
/// stand as a table.
struct TreemapPage: Sendable {
    var sizes: ResourceSizes
    /// Of the file.
    var name: String
    var revision: Int64

    private var heading: String { "What takes the space in \(name)" }

    func html() -> String {
        let total = sizes.total
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(heading.xmlText)</title>
            <style>
            \(Self.style)\(TreemapDrawing.style)</style>
            </head>
            <body>
            <main>
            <h1>\(heading.xmlText)</h1>
            <p>At revision \(revision): \(total.sentence.xmlText). Keys and values as stored, without the pages around \
            them; history is older versions and deletions that a compaction would free.</p>
            <figure class="wide">
            \(TreemapDrawing(sizes: sizes, title: heading).inlineSVG())
            <figcaption>One area for each type of object, divided by namespace. Point at one for its figures.</figcaption>
            </figure>
            <div class="wide">
            <table>
            <thead><tr><th scope="col">Type</th><th scope="col">Objects</th><th scope="col">Live</th>\
            <th scope="col">History</th><th scope="col">Total</th><th scope="col">Share</th></tr></thead>
            <tbody>
            \(sizes.resources.map { row($0, of: total.total) }.joined(separator: "\n"))
            </tbody>
            </table>
            </div>
            </main>
            </body>
            </html>

            """
    }

    private func row(_ resource: ResourceSizes.Resource, of total: Int) -> String {
        let size = resource.size
        let cells = [
            "\(size.objects)", Int64(size.live).binarySize, Int64(size.history).binarySize,
            Int64(size.total).binarySize, size.total.share(of: total),
        ]
        return "<tr><th scope=\"row\">\(resource.title.xmlText)</th>"
            + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    private static let style = """
        :root { color-scheme: light dark; }
        body { margin: 0; background: #ffffff; color: #14181d; font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 24px 20px 48px; }
        h1 { font-size: 24px; line-height: 1.25; margin: 0 0 8px; overflow-wrap: anywhere; }
        p { max-width: 75ch; margin: 0 0 16px; }
        figure { margin: 0 0 24px; }
        .wide { overflow-x: auto; }
        figure svg { display: block; width: 100%; min-width: 640px; height: auto; }
        figcaption { font-size: 14px; opacity: 0.8; margin-top: 6px; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 15px; }
        th, td { padding: 4px 14px 4px 0; text-align: right; border-bottom: 1px solid rgb(128 128 128 / 0.3); }
        th:first-child { text-align: left; font-weight: 500; }
        thead th, thead th:first-child { font-weight: 600; }
        @media (prefers-color-scheme: dark) { body { background: #101418; color: #f3f5f7; } }

        """
}

extension ResourceSizes.Resource {
    var title: String { resource?.description ?? "other keys" }
}

extension ResourceSizes.Namespace {
    var title: String { name ?? "other namespaces" }
}

extension ResourceSizes.Size {
    /// `1287 objects, 2.9Mi live, 310Ki history`
    var sentence: String {
        "\(objects) object\(objects == 1 ? "" : "s"), \(Int64(live).binarySize) live, \(Int64(history).binarySize) history"
    }
}
