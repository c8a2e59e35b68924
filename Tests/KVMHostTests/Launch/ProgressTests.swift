import CKVM
import Glibc
import KVMHost
import Simulation
import Testing

@Suite("What the launch puts into the guest, also where the kernel stops in between")
struct LaunchProgressTests {
    /// The private memory as it should arrive.
    private func source() throws -> [[UInt8]] {
        let memory = try GuestMemory(count: SecureLayout.privateSize)
        SecureLayout.load(launchPayload, encryptionBit: 51, into: memory)
        return (0..<SecureLayout.privateSize / 4096).map {
            memory.bytes(at: UInt64(4096 * $0), count: 4096)
        }
    }

    @Test(
        "Each page that holds something arrives, however many the kernel takes at once",
        arguments: [512, 8, 7, 3, 1])
    func everyPageArrivesOnce(_ perCall: Int) throws {
        let kernel = SimulatedKernel(SimulatedHost(pagesPerUpdate: perCall))
        _ = try launch(kernel.calls)
        let added = kernel.addedPages
        // Page tables, descriptors, backing page, stack; and the image.
        let used = Set(UInt64(1)...8).union(16...17)
        #expect(Set(added.keys) == used)
        let source = try source()
        for number in used { #expect(added[number] == source[Int(number)], "page \(number)") }
        // Nothing of value is left out.
        for (number, page) in source.enumerated() where !used.contains(UInt64(number)) {
            #expect(page.allSatisfy { $0 == 0 }, "page \(number)")
        }
    }

    @Test("The leaves of private pages, and only those, carry the encryption bit")
    func encryptionBit() throws {
        let kernel = SimulatedKernel()
        _ = try launch(kernel.calls)
        let table = try #require(kernel.addedPages[SecureLayout.pageTables / 4096 + 3])
        for page in 0..<512 {
            let isPrivate = kernel.addedPages[UInt64(page)] != nil
            let isShared = 32...33 ~= page
            #expect((table[8 * page + 6] >> 3 == 1) == isPrivate, "page \(page)")
            #expect((table[8 * page] & 1 == 1) == (isPrivate || isShared), "page \(page)")
        }
        #expect(kernel.addedPages[SecureLayout.shared / 4096] == nil)
    }

    /// A kernel whose LAUNCH_UPDATE answers first with the errnos in turn (0: success without
    /// progress), then as it should. The number is of calls made.
    private func stubborn(
        _ kernel: SimulatedKernel, _ errnos: [Int32], firmware: UInt32 = 0
    ) -> (calls: SystemCalls, count: @Sendable () -> Int) {
        let count = SharedCount()
        let base = kernel.calls
        var table = base
        // SAFETY: the request says that this is a kvm_sev_cmd.
        unsafe table.ioctlPointer = { descriptor, request, pointer in
            guard request == UInt(CKVM_MEMORY_ENCRYPT_OP),
                unsafe pointer.load(as: kvm_sev_cmd.self).id == CKVM_SEV_SNP_LAUNCH_UPDATE
            else { return unsafe base.ioctlPointer(descriptor, request, pointer) }
            let turn = count.next()
            guard turn < errnos.count else {
                return unsafe base.ioctlPointer(descriptor, request, pointer)
            }
            unsafe pointer.storeBytes(of: firmware, toByteOffset: 16, as: UInt32.self)
            return -errnos[turn]
        }
        return (table, { count.value })
    }

    @Test(
        "A LAUNCH_UPDATE that is refused in passing is repeated",
        arguments: [[EIO], [EAGAIN], [EIO, EAGAIN, EIO]])
    func aPassingRefusalIsRepeated(_ errnos: [Int32]) throws {
        let kernel = SimulatedKernel()
        let (calls, count) = stubborn(kernel, errnos)
        do { _ = try launch(calls) }
        #expect(count() == errnos.count + 2)
        #expect(kernel.isBalanced && kernel.addedPages.count == 10)
    }

    /// KVM zaps private pages where the program's memory at the slot's addresses moves; nothing of
    /// this launch lies there, and what its pages were copied from is given back.
    @Test("Nothing is mapped at the private slot's addresses", arguments: [false, true])
    func nothingCanBeZapped(isSource: Bool) throws {
        var host = SimulatedHost()
        host.balancesNUMA = true
        let kernel = SimulatedKernel(host)
        guard isSource else {
            let exit = try launch(kernel.calls).vcpu.run()
            #expect(exit == .systemEvent(type: 6, data: [0x2_1100]))
            return
        }
        // As it was: the slot shows what the pages were copied from.
        let system = try KVMSystem(calls: kernel.calls)
        let device = try SEVDevice(calls: kernel.calls)
        let memory = try GuestMemory(count: SecureLayout.privateSize, calls: kernel.calls)
        SecureLayout.load(launchPayload, encryptionBit: 51, into: memory)
        let vm = try system.createVM(type: KVM_X86_SNP_VM)
        try vm.mapMemory(memory, private: try vm.createGuestMemFD(count: memory.count))
        try vm.create(.split(reservedGSIs: 24))
        try vm.sevInit(.secureAVIC, offered: nil)
        let vcpu = try vm.createVCPU()
        try vm.launchStart(.portable, device)
        try vm.setPrivate(at: 0, count: memory.count)
        try vm.launchUpdate(memory, 0..<UInt64(memory.count), device)
        try vm.launchFinish(device, .secureAVIC)
        let exit = try vcpu.run()
        let text = "\(KVMError.unexpectedExit(exit))"
        #expect(text.contains("VMEXIT_BUSY (-2)") && text.contains("kernel.numa_balancing=0"))
    }

    @Test("A refusal that lasts ends the launch after a bounded number of attempts")
    func aLastingRefusalEndsTheLaunch() throws {
        for errno in [EIO, EAGAIN] {
            let kernel = SimulatedKernel()
            let (calls, count) = stubborn(kernel, [Int32](repeating: errno, count: 99))
            let error = failure { () throws(KVMError) in _ = try launch(calls) }
            let wanted = SEVFailure(
                command: .launchUpdate, errno: errno,
                subject: .pages(address: 0x1000, count: 0x8000))
            #expect(error == .sev(wanted))
            #expect(count() == VirtualMachine.updateAttempts && kernel.isBalanced)
        }
    }

    @Test("A refusal with a code of the firmware is not repeated")
    func aWordOfTheFirmwareIsFinal() throws {
        let kernel = SimulatedKernel()
        let (calls, count) = stubborn(kernel, [EIO], firmware: 0x16)
        let error = failure { () throws(KVMError) in _ = try launch(calls) }
        #expect(error?.description.contains("INVALID_PARAM") == true)
        #expect(count() == 1 && kernel.isBalanced)
    }

    @Test("A success that adds no page ends the launch")
    func successWithoutProgressEnds() throws {
        let kernel = SimulatedKernel()
        let (calls, count) = stubborn(kernel, [0])
        let error = failure { () throws(KVMError) in _ = try launch(calls) }
        #expect(error?.description.contains("reports success and has added no page") == true)
        #expect(count() == 1 && kernel.isBalanced)
    }
}

@Suite("A guest that a test plays itself") struct ScriptedGuestTests {
    @Test("It speaks through shared memory and ports, and private memory is hidden")
    func speaks() throws {
        let kernel = SimulatedKernel { run, kernel in
            let count = kernel.withSharedMemory(at: SecureLayout.mailbox, count: 8) { span in
                let old = span.bytes.byteCount
                for index in 0..<4 {
                    span.storeBytes(of: UInt8(index + 1), toByteOffset: index, as: UInt8.self)
                }
                return old
            }
            // Private memory is not for the host.
            let isHidden = kernel.withSharedMemory(at: 0x10000, count: 8) { _ in 0 } == nil
            run.leave(byPort: 0x1000, value: count == 8 && isHidden ? 0x1234_5678 : 0)
            return 0
        }
        let guest = try launch(kernel.calls)
        #expect(
            try guest.vcpu.run() == .io(port: 0x1000, size: 4, isOut: true, value: 0x1234_5678))
        #expect(guest.sharedMemory.load(UInt32.self, at: 0) == 0x0403_0201)
    }
}
