/// The scenarios that come with the program, embedded in the binary.
public enum Catalogue {
    /// The catalogue's files, in the order in which their scenarios are listed and run.
    static let files: [(name: String, bytes: [UInt8])] = [
        ("basics.yaml", PackageResources.basics_yaml),
        ("hazards-attribution.yaml", PackageResources.hazards_attribution_yaml),
        ("hazards-decoding.yaml", PackageResources.hazards_decoding_yaml),
        ("hazards-trigger.yaml", PackageResources.hazards_trigger_yaml),
        ("hazards-remote-irr.yaml", PackageResources.hazards_remote_irr_yaml),
        ("hazards-injection.yaml", PackageResources.hazards_injection_yaml),
        ("hazards-lifecycle.yaml", PackageResources.hazards_lifecycle_yaml),
        ("stories.yaml", PackageResources.stories_yaml),
        ("kernel.yaml", PackageResources.kernel_yaml),
        ("processors.yaml", PackageResources.processors_yaml),
        ("amd-selftests.yaml", PackageResources.amd_selftests_yaml),
    ]

    /// Begins the file names of embedded scenarios in locations.
    public static let prefix = "catalogue/"

    /// All scenarios in order, read once for a process.
    ///
    /// A broken embedded file cannot ship, because a test loads every one; so here it is a
    /// defect of the program and not an error of its user.
    public static func load() throws(ScenarioError) -> [Scenario] { try loaded.get() }

    private static let loaded = Result { () throws(ScenarioError) in
        var scenarios: [Scenario] = []
        for file in files {
            scenarios += try ScenarioLoader.load(file.bytes, file: prefix + file.name)
        }
        try ScenarioLoader.refuseDuplicates(scenarios)
        return scenarios
    }
}
