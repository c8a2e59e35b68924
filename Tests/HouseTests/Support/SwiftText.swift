/// Swift source with its comments and its literals taken apart, line by line.
///
/// It knows nested comments, raw and multi-line strings and interpolation, whose inside is code
/// again. It does not know regex literals: a quotation mark in one would mislead it.
struct SwiftText {
    /// What is neither comment nor literal.
    let code: [String]
    /// What is comment.
    let comments: [String]

    init(_ text: String) {
        var scanner = Scanner(text)
        scanner.run()
        code = scanner.code.map { String(String.UnicodeScalarView($0)) }
        comments = scanner.comments.map { String(String.UnicodeScalarView($0)) }
    }
}

/// What a character is part of.
private enum Part: Equatable {
    case code
    /// The inside of `\(…)`, with the number of brackets open in it.
    case interpolation(depth: Int)
    case lineComment
    case blockComment(depth: Int)
    case string(hashes: Int, isMultiline: Bool)
}

private struct Scanner {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var parts: [Part] = [.code]
    private(set) var code: [[Unicode.Scalar]] = [[]]
    private(set) var comments: [[Unicode.Scalar]] = [[]]

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func run() {
        while position < text.count { step() }
    }

    private func looks(_ word: String, at offset: Int = 0) -> Bool {
        let scalars = Array(word.unicodeScalars)
        let start = position + offset
        return start + scalars.count <= text.count
            && text[start..<start + scalars.count].elementsEqual(scalars)
    }

    /// Takes `count` characters as what `part` says.
    private mutating func take(_ count: Int = 1, as part: Part) {
        for scalar in text[position..<min(position + count, text.count)] {
            if scalar == "\n" {
                code.append([])
                comments.append([])
                continue
            }
            switch part {
            case .code, .interpolation: code[code.count - 1].append(scalar)
            case .lineComment, .blockComment: comments[comments.count - 1].append(scalar)
            case .string: break
            }
        }
        position += count
    }

    private mutating func step() {
        let part = parts[parts.count - 1]
        switch part {
        case .code, .interpolation: stepInCode(part)
        case .lineComment:
            if looks("\n") { parts.removeLast() }
            take(as: part)
        case .blockComment(let depth):
            if looks("*/") {
                take(2, as: part)
                parts[parts.count - 1] = .blockComment(depth: depth - 1)
                if depth == 1 { parts.removeLast() }
            } else if looks("/*") {
                take(2, as: part)
                parts[parts.count - 1] = .blockComment(depth: depth + 1)
            } else {
                take(as: part)
            }
        case .string(let hashes, let isMultiline):
            stepInString(part, String(repeating: "#", count: hashes), isMultiline)
        }
    }

    private mutating func stepInCode(_ part: Part) {
        if looks("//") {
            parts.append(.lineComment)
        } else if looks("/*") {
            take(2, as: .blockComment(depth: 1))
            parts.append(.blockComment(depth: 1))
        } else if let (hashes, isMultiline) = stringStart {
            let string = Part.string(hashes: hashes, isMultiline: isMultiline)
            take(hashes + (isMultiline ? 3 : 1), as: string)
            parts.append(string)
            // A trace of the literal, so that code around it does not run together.
            code[code.count - 1] += ["\"", "\""]
        } else if case .interpolation(let depth) = part, looks("(") || looks(")") {
            let depth = depth + (looks("(") ? 1 : -1)
            parts[parts.count - 1] = .interpolation(depth: depth)
            take(as: part)
            if depth == 0 { parts.removeLast() }
        } else {
            take(as: part)
        }
    }

    private var stringStart: (hashes: Int, isMultiline: Bool)? {
        var hashes = 0
        while looks("#", at: hashes) { hashes += 1 }
        guard looks("\"", at: hashes) else { return nil }
        return (hashes, looks("\"\"\"", at: hashes))
    }

    private mutating func stepInString(_ part: Part, _ hashes: String, _ isMultiline: Bool) {
        let end = (isMultiline ? "\"\"\"" : "\"") + hashes
        if looks("\\" + hashes + "(") {
            take(1 + hashes.count, as: part)
            parts.append(.interpolation(depth: 1))
            take(as: .interpolation(depth: 1))
        } else if looks("\\" + hashes) {
            take(2 + hashes.count, as: part)
        } else if looks(end) {
            take(end.unicodeScalars.count, as: part)
            parts.removeLast()
        } else {
            take(as: part)
        }
    }
}
