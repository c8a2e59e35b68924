import InterruptModel

extension EOIDesignEntry {
    /// What this design meets of a list with which all designs together would take minutes: the
    /// standard design meets all of it, and each of the others every so many.
    func turns<Each>(among all: [Each]) -> [Each] {
        let others = EOIDesigns.all.filter { $0.name != EOIDesigns.standard.name }
        guard let turn = others.firstIndex(where: { $0.name == name }) else { return all }
        return all.enumerated().filter { $0.offset % others.count == turn }.map(\.element)
    }
}
