/// The articles of this project, embedded in the program. They stand in the documentation of their
/// modules; `Sources/Commands/Articles` has nothing but links to it, which the package embeds.
enum Articles {
    static let files: [(name: String, bytes: [UInt8])] = [
        ("InterruptModel", PackageResources.InterruptModel_md),
        ("glossary", PackageResources.glossary_md),
        ("model-contract", PackageResources.model_contract_md),
        ("kvm-interrupts", PackageResources.kvm_interrupts_md),
        ("secure-avic", PackageResources.secure_avic_md),
        ("hazards", PackageResources.hazards_md),
        ("stories", PackageResources.stories_md),
        ("processors", PackageResources.processors_md),
        ("which-design-is-safe", PackageResources.which_design_is_safe_md),
        ("on-real-kernel-code", PackageResources.on_real_kernel_code_md),
        ("how-the-search-works", PackageResources.how_the_search_works_md),
        ("writing-a-scenario", PackageResources.writing_a_scenario_md),
        ("kvm-snp-uapi", PackageResources.kvm_snp_uapi_md),
        ("command-line", PackageResources.command_line_md),
        ("reports", PackageResources.reports_md),
        ("backends", PackageResources.backends_md),
        ("searching", PackageResources.searching_md),
        ("first-evening", PackageResources.first_evening_md),
        ("in-ci", PackageResources.in_ci_md),
        ("how-to-add", PackageResources.how_to_add_md),
    ]

    static let all: [Article] = files.map {
        Article(name: $0.name, text: String(decoding: $0.bytes, as: UTF8.self))
    }

    private static let byName = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name.lowercased(), $0) })

    static func named(_ name: String) -> Article? { byName[name.lowercased()] }
}
