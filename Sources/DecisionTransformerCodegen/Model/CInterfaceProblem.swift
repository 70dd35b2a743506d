extension Model {
  /// Why a model has no C interface; nil if it has one.
  package var problemInC: String? {
    if isTrunk {
      return "a trunk has no C interface; accepted: \"model_class\": "
        + "\"\(ModelClass.decisionTransformer.rawValue)\" in codegen.json"
    }
    if options.batch > 1 {
      return "in C a controller has one agent; accepted: \"batch\": 1 in codegen.json"
    }
    let name = CName(model: name)
    if CName.standardHeaders.contains(name.prefix) {
      return "\(name.header) is a header of C's own library; accepted: another name for the model"
    }
    return nil
  }
}
