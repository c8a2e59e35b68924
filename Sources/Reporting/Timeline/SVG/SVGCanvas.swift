/// Elements of an SVG picture, in the order of drawing. Coordinates are whole pixels; looks are
/// classes of `TimelineStyle`.
struct SVGCanvas {
    /// A place in the picture, from its upper left corner.
    struct Point: Equatable {
        var x, y: Int
    }

    private(set) var body = ""

    mutating func rect(
        _ looks: String, x: Int, y: Int, width: Int, height: Int, rounded: Int = 0
    ) {
        let corner = rounded > 0 ? " rx=\"\(rounded)\"" : ""
        body +=
            "<rect class=\"\(looks)\" x=\"\(x)\" y=\"\(y)\" width=\"\(max(0, width))\" "
            + "height=\"\(height)\"\(corner)/>"
    }

    /// A line through points.
    /// - Parameter head: the arrow head at its end, by the name of a marker.
    mutating func path(_ looks: String, _ points: [Point], head: String? = nil) {
        var data = ""
        for (index, point) in points.enumerated() {
            data += "\(index == 0 ? "M" : "L")\(point.x) \(point.y)"
        }
        let end = head.map { " marker-end=\"url(#\($0))\"" } ?? ""
        body += "<path class=\"\(looks)\" d=\"\(data)\"\(end)/>"
    }

    /// - Parameter y: where the letters stand.
    mutating func text(_ looks: String, x: Int, y: Int, _ text: String, isAtEnd: Bool = false) {
        let anchor = isAtEnd ? " text-anchor=\"end\"" : ""
        body +=
            "<text class=\"\(looks)\" x=\"\(x)\" y=\"\(y)\"\(anchor)>"
            + "\(XMLText.escaped(text))</text>"
    }

    /// What belongs to one step, for a page that goes from one to the next.
    mutating func group(step: Int, isCulprit: Bool, _ draw: (inout SVGCanvas) -> Void) {
        body += "<g class=\"col\(isCulprit ? " on" : "")\" data-step=\"\(step)\">"
        draw(&self)
        body += "</g>"
    }
}
