/// A model folder made from another project's checkpoint.
public struct ImportedModel: Sendable {
  public let family: ImportFamily
  /// config.json, codegen.json, model.safetensors.
  public let files: [OutputFile]
  /// What the user should know.
  public let remarks: [Diagnostic]
}

/// Makes a model folder from a checkpoint of another project: the same function under Hugging Face's names.
///
/// Nothing of a file is executed, and nothing is guessed in silence: what no file says is asked for by its key.
public struct Importer {
  /// A file or a folder.
  public var path: String
  /// nil means the one that the tensors' names tell.
  public var family: ImportFamily?
  /// By `--set`: keys of config.json and codegen.json.
  public var given: [JSONMember]
  /// By `--statistics`; what is set has the last word.
  public var statistics: [Statistic] = []

  public init(path: String, family: ImportFamily? = nil, given: [JSONMember] = []) {
    (self.path, self.family, self.given) = (path, family, given)
  }

  /// - Parameter output: The folder as messages name it, `<Name>.dtmodel`.
  /// - Throws: Everything that is wrong or missing.
  public func run(output: String) throws(InvalidInput) -> ImportedModel {
    let source = try ImportSource(path: path)
    let family = try recognized(source)
    let given = given
    func isSet(_ statistic: Statistic) -> Bool { given.contains { $0.name == statistic.key } }
    let all = try statistics + beside(source)
    let statistics = all.filter { !isSet($0) }
    var facts = Facts(path: source.path, given: given, statistics: statistics)
    for statistic in all where isSet(statistic) {
      facts.note(statistic.key, "by --set; \(statistic.path) has it, too, and is not read for it")
    }
    let tensors =
      switch family {
      case .huggingFace: try HuggingFaceImport.run(source, &facts)
      case .kzlGym: GymImport.importKzl(source, &facts)
      case .onlineDT: GymImport.importOnline(source, &facts)
      case .corl: try CORLImport.run(source, &facts)
      case .minDT: MinDTImport.run(source, &facts)
      case .kzlAtari: AtariImport.run(source, &facts)
      case .d3rlpy: D3Import.run(source, &facts)
      }
    facts.reject(InvalidInput(ValueCheck.summary(tensors.damaged, path: source.path)))
    if family != .huggingFace, let first = facts.givenValue(of: "first_timestep"),
      first != .integer(0), !facts.config.contains(where: { $0.name == "sees_padding" })
    {
      facts.reject(
        "first_timestep",
        "found \(first.excerpt); accepted: 0: the first row of the table that is written is an episode's first step"
      )
    }
    if !source.unread.isEmpty {
      facts.note(nil, "is read; \(NameList.text(source.unread)) beside it is not")
    }
    facts.finish()
    guard facts.problems.isEmpty else { throw InvalidInput(facts.problems) }
    let files = HuggingFaceFolder.files(tensors, facts)
    return ImportedModel(
      family: family, files: files,
      remarks: facts.remarks + (try check(files, of: source, statistics, in: output)))
  }

  /// Statistics that lie beside the checkpoint under their own names; what was given comes first.
  private func beside(_ source: ImportSource) throws(InvalidInput) -> [Statistic] {
    var found: [Statistic] = []
    for key in ["state_mean", "state_std"] {
      guard !given.contains(where: { $0.name == key }),
        !statistics.contains(where: { $0.key == key }),
        let file = try source.contents(beside: "\(key).npy")
      else { continue }
      do throws(UnusableNumbers) {
        let numbers = try FileBytes.memory(file.bytes).withBytes {
          (bytes) throws(UnusableNumbers) in
          try NumpyFile.numbers(bytes)
        }
        found.append(Statistic(key: key, value: JSONValue(numbers), path: file.path, name: nil))
      } catch {
        throw InvalidInput([
          Diagnostic(path: file.path, "\(error.text); \(UnusableNumbers.accepted)")
        ])
      }
    }
    return found
  }

  /// Reads what would be written as `dtgen` does. What is wrong with it is wrong with what it was made of.
  private func check(
    _ files: [OutputFile], of source: ImportSource, _ statistics: [Statistic], in output: String
  ) throws(InvalidInput) -> [Diagnostic] {
    do {
      return try read(files, in: output)
    } catch {
      let written = files.map { ModelFolder(path: output).path(of: $0.name) }
      throw InvalidInput(
        error.diagnostics.map { problem in
          guard written.contains(problem.path) else { return problem }
          var problem = problem
          problem.path = source.path
          guard let place = problem.key else { return problem }
          let key = place.prefix { $0 != "[" }
          if let statistic = statistics.first(where: { $0.key == key }) {
            problem.path = statistic.path
            let place = (statistic.name ?? "") + place.dropFirst(key.count)
            problem.key = place.isEmpty ? nil : place
          } else if given.contains(where: { $0.name == key }) {
            problem.key = "--set \(place)"
          }
          return problem
        })
    }
  }

  private func read(_ files: [OutputFile], in output: String) throws(InvalidInput) -> [Diagnostic] {
    let folder = ModelFolder(path: output)
    var remarks: [Diagnostic] = []
    let config = try ModelConfigReader.read(
      files[0].contents, path: folder.path(of: files[0].name), remarks: &remarks)
    _ = try GenerationOptionsReader.read(
      files[1].contents, path: folder.path(of: files[1].name), config: config)
    _ = try CheckpointReader.read(
      try SafetensorsFile(bytes: files[2].contents, path: path), config: config, remarks: &remarks)
    return remarks
  }
}

// MARK: - Whose it is

extension Importer {
  private func recognized(_ source: ImportSource) throws(InvalidInput) -> ImportFamily {
    let names = source.names
    let isGym =
      names.contains("transformer.h.0.attn.c_attn.weight")
      && names.contains("predict_action.0.weight")
    if isGym { return try gymFamily(source) }
    let found: ImportFamily? =
      if names.contains("predict_action.mu.weight"), names.contains("predict_action.log_std.weight")
      {
        .onlineDT
      } else if names.contains("blocks.0.attention.in_proj_weight"),
        names.contains("timestep_emb.weight")
      {
        .corl
      } else if names.contains("encoder.h.0.attn.c_attn.weight"),
        names.contains("predict_action.0.weight")
      {
        .huggingFace
      } else if names.contains("_gpt2._transformer.0._attention._k.weight") {
        .d3rlpy
      } else if names.contains("transformer.0.attention.q_net.weight"),
        names.contains("embed_rtg.weight")
      {
        .minDT
      } else if names.contains("global_pos_emb"), names.contains("blocks.0.attn.key.weight"),
        names.contains("state_encoder.0.weight")
      {
        .kzlAtari
      } else {
        nil
      }
    guard let found else { throw InvalidInput([unknown(source)]) }
    if let family, family != found {
      throw InvalidInput([
        Diagnostic(
          path: source.path, key: "--family \(family.rawValue)",
          "its tensors have the names of \(found.name); accepted: \(found.rawValue)")
      ])
    }
    return found
  }

  /// The original, or Online DT without its stochastic head: the names are the same, and one of them adds no timesteps.
  private func gymFamily(_ source: ImportSource) throws(InvalidInput) -> ImportFamily {
    let evidence = GymImport.readsTimesteps(source.object)
    let told: ImportFamily? = evidence.map { $0 ? .kzlGym : .onlineDT }
    if let family, [.kzlGym, .onlineDT].contains(family) {
      guard let told, told != family else { return family }
      throw InvalidInput([
        Diagnostic(
          path: source.path, key: "--family \(family.rawValue)",
          (evidence == true
            ? "the optimiser in the file has changed embed_timestep.weight, which online-dt never reads"
            : "the file has the arguments of online-dt's trainer, or its optimiser, which never met embed_timestep.weight")
            + "; accepted: \(told.rawValue)")
      ])
    }
    if let told, family == nil { return told }
    throw InvalidInput([
      Diagnostic(
        path: source.path, key: "--family",
        "its names are those of kzl-gym and of online-dt without a stochastic head, which adds no timesteps, and nothing in "
          + "the file tells them apart; accepted: kzl-gym, online-dt")
    ])
  }

  private func unknown(_ source: ImportSource) -> Diagnostic {
    let names = Array(source.names)
    let accepted = ImportFamily.allCases.map(\.name).joined(separator: ", ")
    if let family = CheckpointFamily(names: names) {
      return Diagnostic(
        path: source.path,
        "is a checkpoint of \(family.name), which is \(family.difference), and is not read; accepted: \(accepted)"
      )
    }
    return Diagnostic(
      path: source.path,
      "has tensors of nobody who is known, such as \(NameList.text(names.sorted())); accepted: \(accepted)"
    )
  }
}
