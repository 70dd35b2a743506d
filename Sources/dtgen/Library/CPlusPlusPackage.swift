import DTGenReports

/// `hopper.hpp`: the class for every model with this one's functions, in one file.
struct CPlusPlusPackage {
  var subject: PackageSubject
  var client: String

  private var name: CName { subject.name }

  var file: OutputFile {
    OutputFile(name: "include/\(subject.prefix).hpp", contents: Array(text.utf8))
  }

  private var text: String {
    let guardName = "\(name.constantPrefix)_HPP"
    return """
      // \(subject.mark)
      //
      // \(subject.summary), as a C++17 class: errors are exceptions, memory is the object's.
      //
      \(example.split(separator: "\n").map { "//   \($0)" }.joined(separator: "\n"))
      #ifndef \(guardName)
      #define \(guardName)

      #include "\(name.header)"

      \(clientWithoutPreface)
      namespace decision_transformer {

      \(binding)

      /// \(subject.components).
      using \(subject.model) = \(subject.client.rawValue)<\(subject.prefix)\(subject.hasForward ? "_forward" : "")_model>;

      }  // namespace decision_transformer

      #endif

      """
  }

  private var binding: String {
    let arguments = "(\(subject.prefix), \(name.constantPrefix))"
    let model = subject.client.macro + arguments
    return subject.hasForward ? "\(model)\nDECISION_TRANSFORMER_FORWARD\(arguments)" : model
  }

  private var example: String {
    let model = subject.model
    guard subject.client != .trunk else {
      return """
        using decision_transformer::\(model);
        \(model) trunk;
        std::vector<float> last_hidden_state = trunk.forward(inputs_embeds);   // of new tokens, behind those before
        """
    }
    let several = subject.batch > 1
    return """
      using decision_transformer::\(model);
      \(model)::self_test();   // once: throws where this build does not compute its checkpoint here
      \(model) controller;
      controller.reset(target_return);
      while (...) {
        ... read the sensors into a \(model)::State\(several ? "s, and the rewards of the previous actions" : ", and the reward of the previous action") ...
        auto \(several ? "actions = controller.act(states, rewards)" : "action = controller.act(state, reward)");   // the critical path
        ... send the action\(several ? "s" : "") ...
        controller.prepare();   // while the world moves
      }
      """
  }

  /// From its `#ifndef` on: what stands above explains how to use it for a model.
  private var clientWithoutPreface: Substring {
    client.firstRange(of: "#ifndef").map { client[$0.lowerBound...] } ?? client[...]
  }
}
