import Testing

/// With REQUIRE_KVM=1 in the environment a host without KVM is a failure, not a skip.
@Test(
    "Where REQUIRE_KVM is set, an ordinary VM with a split irqchip can be made",
    .enabled(if: Host.isRequired, "REQUIRE_KVM is not set"))
func kvmIsThereWhereItIsRequired() {
    #expect(Host.hasKVM)
}
