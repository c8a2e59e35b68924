import CKVM
import Glibc
package import KVMHost
import Synchronization

/// Writes down every system call with every byte of its structures, in a form that does not
/// depend on the run: descriptors and addresses have names, lines of zeros are left out.
@safe
package final class LaunchTranscript: Sendable {
    private struct Book {
        var lines: [String] = []
        var names: [String] = []
        var files: [Int32: String] = [:]
        /// First address, bytes, name.
        var memory: [(start: UInt, count: Int, name: String)] = []
    }

    private let book = Mutex(Book())
    private let base: SystemCalls

    package init(of base: SystemCalls) { self.base = base }

    /// The whole text.
    package var text: String { book.withLock { $0.lines.joined(separator: "\n") } }
    /// The names of the calls alone, SEV commands by their own.
    package var names: [String] { book.withLock { $0.names } }

    /// The table to give to the module under test.
    package var calls: SystemCalls {
        var table = base
        table.open = { path, flags in
            let result = self.base.open(path, flags)
            let mode = flags == O_RDONLY ? "O_RDONLY" : "O_RDWR"
            self.note("open", "\(path) \(mode)", opened: result, as: self.fileName(path))
            return result
        }
        table.close = { descriptor in
            self.note("close", self.name(of: descriptor))
            return self.base.close(descriptor)
        }
        table.ioctl = { descriptor, request, argument in
            let result = self.base.ioctl(descriptor, request, argument)
            self.note(descriptor, request, argument, result)
            return result
        }
        // SAFETY (all below): pointers go through unchanged, and are read within their structure.
        unsafe table.ioctlPointer = { descriptor, request, pointer in
            let before = unsafe self.describe(request, pointer)
            let result = unsafe self.base.ioctlPointer(descriptor, request, pointer)
            let after = unsafe self.describe(request, pointer)
            self.note(descriptor, request, before, after, result)
            return result
        }
        table.mmap = { length, descriptor in
            let answer = self.base.mmap(length, descriptor)
            if case .mapped(let start) = answer {
                self.mapped(UInt(bitPattern: start), length, descriptor)
            }
            return answer
        }
        table.reserve = { length in
            let answer = self.base.reserve(length)
            if case .mapped(let start) = answer {
                self.book.withLock {
                    $0.memory.append((UInt(bitPattern: start), length, "reserve"))
                }
                self.note("mmap", "\(hex(length)) bytes, not accessible = reserve")
            }
            return answer
        }
        unsafe table.munmap = { start, length in
            self.note("munmap", self.name(of: UInt64(UInt(bitPattern: start))))
            self.forget(UInt(bitPattern: start))
            return unsafe self.base.munmap(start, length)
        }
        return table
    }

    // MARK: - Names

    private func fileName(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "file")
    }

    private func name(of descriptor: Int32) -> String {
        book.withLock { $0.files[descriptor] ?? "fd?" }
    }

    /// A place in mapped memory, or somewhere in the program's own.
    private func name(of address: UInt64) -> String {
        if address == 0 { return "null" }
        return book.withLock { book in
            for memory in book.memory {
                let start = UInt64(memory.start)
                guard address >= start, address <= start + UInt64(memory.count) else { continue }
                return address == start ? memory.name : "\(memory.name)+\(hex(address - start))"
            }
            return "here"
        }
    }

    private func mapped(_ start: UInt, _ count: Int, _ descriptor: Int32) {
        let source = descriptor < 0 ? "fresh" : name(of: descriptor)
        let name = book.withLock { book in
            let number = book.memory.count { $0.name.hasPrefix("memory") }
            let name = descriptor < 0 ? "memory\(number)" : "kvm_run"
            book.memory.append((start, count, name))
            return name
        }
        note("mmap", "\(hex(count)) bytes, \(source) = \(name)")
    }

    private func forget(_ start: UInt) {
        book.withLock { $0.memory.removeAll { $0.start == start } }
    }

    // MARK: - Lines

    private func note(
        _ call: String, _ text: String, opened result: Int32 = 0, as role: String? = nil
    ) {
        book.withLock { book in
            if let role, result >= 0 { book.files[result] = role }
            let answer = role.map { " = \(result < 0 ? "\(result)" : $0)" } ?? ""
            book.lines.append("\(call) \(text)\(answer)")
            book.names.append(call)
        }
    }

    /// An ioctl with a number.
    private func note(_ descriptor: Int32, _ request: UInt, _ value: Int32, _ result: Int32) {
        let call = callName(request)
        let roles = ["KVM_CREATE_VM": "vm", "KVM_CREATE_VCPU": "vcpu"]
        let answer = book.withLock { book -> String in
            if let role = roles[call], result >= 0 { book.files[result] = role }
            return result >= 0 ? roles[call] ?? "\(result)" : "\(result)"
        }
        let target = name(of: descriptor)
        book.withLock {
            $0.lines.append("\(target) \(call) \(value) = \(answer)")
            $0.names.append(call)
        }
    }

    /// An ioctl with a structure.
    private func note(
        _ descriptor: Int32, _ request: UInt, _ before: Described, _ after: Described,
        _ result: Int32
    ) {
        let target = name(of: descriptor)
        let call = before.name
        let isNew = call == "KVM_CREATE_GUEST_MEMFD" && result >= 0
        if isNew { book.withLock { $0.files[result] = "gmem" } }
        book.withLock { book in
            book.lines.append("\(target) \(call) = \(isNew ? "gmem" : "\(result)")")
            book.lines += before.parts.joined().map { "    " + $0 }
            for (old, new) in zip(before.parts, after.parts) where old != new {
                book.lines += new.map { "  → " + $0 }
            }
            book.names.append(call)
        }
    }

    private func callName(_ request: UInt) -> String {
        KernelCall.allCases.first { $0.request == request }?.rawValue ?? hex(request)
    }

    /// A request's name, and its structures in words.
    private struct Described {
        var name: String
        var parts: [[String]]
    }

    private func describe(_ request: UInt, _ pointer: UnsafeMutableRawPointer) -> Described {
        let name = callName(request)
        guard name == "KVM_MEMORY_ENCRYPT_OP" else {
            let form = StructureForm.of(name)
            let size = unsafe form.size(pointer) ?? Int(request >> 16 & 0x3fff)
            return unsafe Described(name: name, parts: [lines(form, pointer, size)])
        }
        var described = unsafe Described(name: name, parts: [lines(.sevCommand, pointer, 24)])
        let id = unsafe pointer.load(as: UInt32.self)
        let data = unsafe pointer.load(fromByteOffset: 8, as: UInt.self)
        guard let command = SEVCommand.allCases.first(where: { $0.id == id }),
            let inner = unsafe UnsafeMutableRawPointer(bitPattern: data)
        else { return described }
        let form = StructureForm.of(command.rawValue)
        described.name = command.rawValue
        unsafe described.parts.append(lines(form, inner, form.bytes))
        return described
    }

    /// The fields that have names, then all bytes.
    private func lines(
        _ form: StructureForm, _ pointer: UnsafeMutableRawPointer, _ size: Int
    ) -> [String] {
        var bytes = (0..<size).map {
            unsafe String(Int(pointer.load(fromByteOffset: $0, as: UInt8.self)) + 256, radix: 16)
                .dropFirst()
        }
        var words = ["\(size) bytes:"]
        for field in form.fields {
            var value: UInt64 = 0
            for place in (0..<field.size).reversed() {
                let byte = unsafe pointer.load(
                    fromByteOffset: field.offset + place, as: UInt8.self)
                value = value << 8 | UInt64(byte)
            }
            let places = field.offset..<field.offset + field.size
            switch field.kind {
            case .number: words.append("\(field.name)=\(hex(value))")
            case .address:
                words.append("\(field.name)=\(name(of: value))")
                for place in places { bytes[place] = "@@" }
            case .descriptor:
                let isNone = value == 0
                words.append(
                    "\(field.name)=\(isNone ? "0" : name(of: Int32(truncatingIfNeeded: value)))")
                if !isNone { for place in places { bytes[place] = "##" } }
            }
        }
        var lines = [""]
        for word in words {
            if lines[lines.count - 1].count + word.count > 76 { lines.append(" ") }
            lines[lines.count - 1] += lines == [""] ? word : " " + word
        }
        for start in stride(from: 0, to: size, by: 16) {
            let row = bytes[start..<min(start + 16, size)]
            if row.allSatisfy({ $0 == "00" }) { continue }
            let offset = String(start + 0x1000, radix: 16).dropFirst()
            lines.append("\(offset): \(row.joined(separator: " "))")
        }
        return lines
    }
}

/// A number as C writes it.
private func hex(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }
