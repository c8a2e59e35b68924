internal import ArgumentParser
internal import Reporting
internal import Scenarios

/// `savic-eoi schema [DOCUMENT]`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a document that this program writes or reads.",
        discussion: """
            For validators and editors: draft 2020-12, each schema a document of its own. A \
            document has what its schema requires; later versions add to both. The one of \
            scenario files tells an editor what may stand where; whether steps fit the machine, \
            the program alone tells.

            EXAMPLES
              savic-eoi schema                             which there are
              savic-eoi schema run >run.schema.json
              savic-eoi schema scenario >scenario.schema.json
            """)

    @Argument(
        help: ArgumentHelp(
            "Which document; without it they are listed.", valueName: "document"),
        completion: .list(JSONSchemas.all.map(\.name)))
    var document: String?

    func run() throws {
        guard let document else { return try Output.print(Self.list) }
        let names = JSONSchemas.all.map(\.name)
        guard let schema = JSONSchemas.all.first(where: { $0.name == document }) else {
            throw CommandFailure.usage(
                "unknown document \(quoted: document)"
                    + "\(Nearest.suggestion(for: document, among: names)); expected "
                    + names.joined(separator: ", "))
        }
        try Output.write(schema.text)
    }

    private static var list: String {
        var columns = Columns()
        for schema in JSONSchemas.all { columns.add(schema.name, schema.title) }
        return columns.lines().joined(separator: "\n") + "\n"
    }
}
