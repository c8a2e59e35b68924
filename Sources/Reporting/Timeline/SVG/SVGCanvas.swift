/// Elements of an SVG picture, in the order of drawing. Coordinates are whole pixels; looks are
/// classes of `TimelineStyle`.
///
/// What is drawn one after the other and looks alike is written as one element: a picture of
/// hundreds of steps is little more than such neighbours.
struct SVGCanvas {
    /// A place in the picture, from its upper left corner.
    struct Point: Equatable {
        var x, y: Int
    }

    fileprivate enum Shape {
        /// Lines, or what they enclose.
        case path(String)
        /// Lines that have a head each.
        case arrows([String])
        /// Pieces of text on one line.
        case text(y: Int, [(x: Int, text: String)])
        /// Text that ends at its place.
        case flushRight(x: Int, y: Int, String)
        /// What each step takes up, for a page that goes from one to the next.
        case columns([String])
        /// What belongs together, for a page that moves it.
        case group(String)
    }

    private var elements: [(looks: String, shape: Shape)] = []

    var body: String { elements.map { $0.shape.text($0.looks) }.joined() }

    mutating func rect(_ looks: String, x: Int, y: Int, width: Int, height: Int) {
        add(looks, .path(Self.rect(x: x, y: y, width: width, height: height)))
    }

    /// An area that is the page's to light up.
    /// - Parameter isLit: at first.
    mutating func column(step: Int, isLit: Bool, x: Int, y: Int, width: Int, height: Int) {
        let area = Self.rect(x: x, y: y, width: width, height: height)
        let looks = isLit ? " class=\"on\"" : ""
        add("cols", .columns(["<path\(looks) data-step=\"\(step)\" d=\"\(area)\"/>"]))
    }

    /// What a page moves as one.
    mutating func group(_ looks: String, _ draw: (inout SVGCanvas) -> Void) {
        var inside = SVGCanvas()
        draw(&inside)
        add(looks, .group(inside.body))
    }

    private static func rect(x: Int, y: Int, width: Int, height: Int) -> String {
        let width = max(0, width)
        return "M\(x) \(y)h\(width)v\(height)h-\(width)z"
    }

    mutating func path(_ looks: String, _ line: [Point]) { add(looks, .path(Self.data(line))) }

    /// A line that ends in the head that its looks name.
    mutating func arrow(_ looks: String, _ line: [Point]) { add(looks, .arrows([Self.data(line)])) }

    private static func data(_ line: [Point]) -> String {
        guard let first = line.first else { return "" }
        return zip(line, line.dropFirst()).reduce(into: "M\(first.x) \(first.y)") { data, pair in
            let (from, to) = pair
            data += from.x == to.x ? "V\(to.y)" : from.y == to.y ? "H\(to.x)" : "L\(to.x) \(to.y)"
        }
    }

    /// - Parameter y: where the letters stand.
    mutating func text(_ looks: String, x: Int, y: Int, _ text: String, isAtEnd: Bool = false) {
        let text = XMLText.escaped(text.printable)
        add(looks, isAtEnd ? .flushRight(x: x, y: y, text) : .text(y: y, [(x, text)]))
    }

    private mutating func add(_ looks: String, _ shape: Shape) {
        guard let last = elements.last, last.looks == looks, let both = last.shape.joined(shape)
        else { return elements.append((looks, shape)) }
        elements[elements.count - 1].shape = both
    }
}

extension SVGCanvas.Shape {
    /// The two as one; nil where that cannot be.
    fileprivate func joined(_ next: Self) -> Self? {
        switch (self, next) {
        case (.path(let data), .path(let more)): .path(data + more)
        case (.arrows(let lines), .arrows(let more)): .arrows(lines + more)
        case (.text(let y, let pieces), .text(let other, let more)) where y == other:
            .text(y: y, pieces + more)
        case (.columns(let areas), .columns(let more)): .columns(areas + more)
        case (.path, _), (.arrows, _), (.text, _), (.flushRight, _), (.columns, _), (.group, _): nil
        }
    }

    fileprivate func text(_ looks: String) -> String {
        let looks = " class=\"\(looks)\""
        switch self {
        case .path(let data): return "<path\(looks) d=\"\(data)\"/>"
        case .arrows(let lines) where lines.count == 1:
            return "<path\(looks) d=\"\(lines[0])\"/>"
        case .arrows(let lines):
            return "<g\(looks)>" + lines.map { "<path d=\"\($0)\"/>" }.joined() + "</g>"
        case .text(let y, let pieces) where pieces.count == 1:
            return "<text\(looks) x=\"\(pieces[0].x)\" y=\"\(y)\">\(pieces[0].text)</text>"
        case .text(let y, let pieces):
            let spans = pieces.map { "<tspan x=\"\($0.x)\">\($0.text)</tspan>" }
            return "<text\(looks) y=\"\(y)\">\(spans.joined())</text>"
        case .flushRight(let x, let y, let text):
            return "<text\(looks) x=\"\(x)\" y=\"\(y)\" text-anchor=\"end\">\(text)</text>"
        case .columns(let areas): return "<g\(looks)>\(areas.joined())</g>"
        case .group(let body): return "<g\(looks)>\(body)</g>"
        }
    }
}
