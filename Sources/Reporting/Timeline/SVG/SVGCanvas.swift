/// Elements of an SVG picture, in the order of drawing. Coordinates are whole pixels; looks are
/// classes of `TimelineStyle`.
struct SVGCanvas {
    /// A place in the picture, from its upper left corner.
    struct Point: Equatable {
        var x, y: Int
    }

    private(set) var body = ""

    mutating func rect(_ looks: String, x: Int, y: Int, width: Int, height: Int) {
        let width = max(0, width)
        body += "<path class=\"\(looks)\" d=\"M\(x) \(y)h\(width)v\(height)h-\(width)z\"/>"
    }

    /// Lines through points, each of its own. An arrow's head is part of its looks.
    mutating func path(_ looks: String, _ lines: [Point]...) { path(looks, of: lines) }

    /// The same of any number of lines.
    mutating func path(_ looks: String, of lines: [[Point]]) {
        let data = lines.map { line in
            line.enumerated().map { "\($0 == 0 ? "M" : "L")\($1.x) \($1.y)" }.joined()
        }
        body += "<path class=\"\(looks)\" d=\"\(data.joined())\"/>"
    }

    /// - Parameter y: where the letters stand.
    mutating func text(_ looks: String, x: Int, y: Int, _ text: String, isAtEnd: Bool = false) {
        let anchor = isAtEnd ? " text-anchor=\"end\"" : ""
        body +=
            "<text class=\"\(looks)\" x=\"\(x)\" y=\"\(y)\"\(anchor)>"
            + "\(XMLText.escaped(text.printable))</text>"
    }

    /// What belongs to one step, for a page that goes from one to the next.
    mutating func group(step: Int, isCulprit: Bool, _ draw: (inout SVGCanvas) -> Void) {
        body += "<g class=\"col\(isCulprit ? " on" : "")\" data-step=\"\(step)\">"
        draw(&self)
        body += "</g>"
    }
}
