/// The JSON Schemas of this program, embedded in it: of each document that it writes, and of the
/// scenario files that it reads.
enum JSONSchemas {
    /// The documents, in the order in which they are told.
    static let documents: [(name: String, bytes: [UInt8])] = [
        ("run", PackageResources.run_json),
        ("show", PackageResources.show_json),
        ("list", PackageResources.list_json),
        ("list-groups", PackageResources.list_groups_json),
        ("list-skipped", PackageResources.list_skipped_json),
        ("probe", PackageResources.probe_json),
        ("characterize", PackageResources.characterize_json),
        ("characterize-plan", PackageResources.characterize_plan_json),
        ("compare", PackageResources.compare_json),
        ("explore", PackageResources.explore_json),
        ("matrix", PackageResources.matrix_json),
        ("fuzz", PackageResources.fuzz_json),
        ("merge", PackageResources.merge_json),
        ("bench", PackageResources.bench_json),
        ("mutants", PackageResources.mutants_json),
        ("scenario", PackageResources.scenario_json),
    ]

    /// What several documents have, or one has in several places.
    static let definitions: [(name: String, bytes: [UInt8])] = [
        ("action", PackageResources.action_json),
        ("assumption-pairs", PackageResources.assumption_pairs_json),
        ("assumptions", PackageResources.assumptions_json),
        ("backend", PackageResources.backend_json),
        ("bench-place", PackageResources.bench_place_json),
        ("campaign", PackageResources.campaign_json),
        ("change", PackageResources.change_json),
        ("change-found", PackageResources.change_found_json),
        ("compared", PackageResources.compared_json),
        ("count", PackageResources.count_json),
        ("danger", PackageResources.danger_json),
        ("design", PackageResources.design_json),
        ("design-or-plain", PackageResources.design_or_plain_json),
        ("destination", PackageResources.destination_json),
        ("difference", PackageResources.difference_json),
        ("event", PackageResources.event_json),
        ("events", PackageResources.events_json),
        ("expectations", PackageResources.expectations_json),
        ("finding", PackageResources.finding_json),
        ("flag", PackageResources.flag_json),
        ("granularity", PackageResources.granularity_json),
        ("hardware-assumptions", PackageResources.hardware_assumptions_json),
        ("hazard-designs", PackageResources.hazard_designs_json),
        ("hazards", PackageResources.hazards_json),
        ("history-line", PackageResources.history_line_json),
        ("host", PackageResources.host_json),
        ("invariant", PackageResources.invariant_json),
        ("irqchip", PackageResources.irqchip_json),
        ("kernel-rule", PackageResources.kernel_rule_json),
        ("latencies", PackageResources.latencies_json),
        ("machine", PackageResources.machine_json),
        ("machine-kind", PackageResources.machine_kind_json),
        ("machine-kinds", PackageResources.machine_kinds_json),
        ("mismatch", PackageResources.mismatch_json),
        ("mismatch-code", PackageResources.mismatch_code_json),
        ("moment", PackageResources.moment_json),
        ("pin", PackageResources.pin_json),
        ("pin-list", PackageResources.pin_list_json),
        ("pin-number", PackageResources.pin_number_json),
        ("pins", PackageResources.pins_json),
        ("placed-vector", PackageResources.placed_vector_json),
        ("placed-vectors", PackageResources.placed_vectors_json),
        ("plain-name", PackageResources.plain_name_json),
        ("prospect", PackageResources.prospect_json),
        ("registers", PackageResources.registers_json),
        ("result", PackageResources.result_json),
        ("saved-file", PackageResources.saved_file_json),
        ("schema-version", PackageResources.schema_version_json),
        ("settled-assumptions", PackageResources.settled_assumptions_json),
        ("shard", PackageResources.shard_json),
        ("shard-numbers", PackageResources.shard_numbers_json),
        ("simulated-by", PackageResources.simulated_by_json),
        ("skip", PackageResources.skip_json),
        ("state", PackageResources.state_json),
        ("step-block", PackageResources.step_block_json),
        ("step-pin", PackageResources.step_pin_json),
        ("step-words", PackageResources.step_words_json),
        ("steps", PackageResources.steps_json),
        ("tool", PackageResources.tool_json),
        ("totals", PackageResources.totals_json),
        ("trace", PackageResources.trace_json),
        ("trigger", PackageResources.trigger_json),
        ("unobservable", PackageResources.unobservable_json),
        ("vector", PackageResources.vector_json),
        ("vector-list", PackageResources.vector_list_json),
        ("vector-number", PackageResources.vector_number_json),
        ("vcpu-registers", PackageResources.vcpu_registers_json),
        ("vectors", PackageResources.vectors_json),
        ("verdict", PackageResources.verdict_json),
    ]

    static let all: [JSONSchema] = documents.map { JSONSchema(name: $0.name, bytes: $0.bytes) }

    private static let texts = Dictionary(
        uniqueKeysWithValues: definitions.map {
            ($0.name, String(decoding: $0.bytes, as: UTF8.self))
        })

    /// The text of a definition.
    static func definition(_ name: String) -> String? { texts[name] }
}
