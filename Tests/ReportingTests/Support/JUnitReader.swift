import Foundation
import FoundationXML

/// One element as the XML parser hands it over.
struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
    var children: [Element] = []

    /// All elements of this name below this one, in order.
    func all(_ wanted: String) -> [Element] {
        children.flatMap { ($0.name == wanted ? [$0] : []) + $0.all(wanted) }
    }
}

/// Reads a document into a tree with Foundation's parser: a second opinion on well-formedness.
final class JUnitReader: NSObject, XMLParserDelegate {
    private var open: [Element] = []
    private var root: Element?

    static func read(_ text: String) throws -> Element {
        let reader = JUnitReader()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = reader
        guard parser.parse(), let root = reader.root else {
            throw parser.parserError ?? CocoaError(.fileReadCorruptFile)
        }
        return root
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?, attributes attributeDict: [String: String] = [:]
    ) {
        open.append(Element(name: elementName, attributes: attributeDict))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if !open.isEmpty { open[open.count - 1].text += string }
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}
